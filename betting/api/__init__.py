"""HTTP routes of betting. `router` is what project/urls.py mounts; handlers also serve the socket."""

from ninja import Router

from betting.api.cash_outs import router as cash_outs_router
from betting.api.desk import router as desk_router
from betting.api.desk_actions import router as desk_actions_router
from betting.api.free_bets import router as free_bets_router
from betting.api.markets import router as markets_router
from betting.api.own_rules import router as own_rules_router
from betting.api.patterns import router as patterns_router
from betting.api.pools import router as pools_router
from betting.api.slip_reports import router as slip_reports_router
from betting.api.slips import router as slips_router
from betting.api.standings import router as standings_router
from betting.api.strategies import router as strategies_router
from betting.api.suggestions import router as suggestions_router

router = Router(tags=["betting"])
router.add_router("", desk_router)
router.add_router("", desk_actions_router)
router.add_router("", markets_router)
router.add_router("", slip_reports_router)  # before slips, whose {slip_id} takes every other word
router.add_router("", slips_router)
router.add_router("", pools_router)
router.add_router("", cash_outs_router)
router.add_router("", strategies_router)
router.add_router("", suggestions_router)
router.add_router("", patterns_router)
router.add_router("", standings_router)
router.add_router("", free_bets_router)
router.add_router("", own_rules_router)
