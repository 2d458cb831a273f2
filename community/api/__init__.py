"""HTTP routes of the community. `router` is what project/urls.py mounts; the handlers also serve the socket."""

from ninja import Router

from community.api.achievements import router as achievements_router
from community.api.forum import router as forum_router
from community.api.messages import router as messages_router
from community.api.ratings import router as ratings_router
from community.api.reports import router as reports_router

router = Router(tags=["community"])
router.add_router("", messages_router)
router.add_router("", forum_router)
router.add_router("", reports_router)
router.add_router("", ratings_router)
router.add_router("", achievements_router)
