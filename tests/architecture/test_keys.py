"""Every POST takes an Idempotency-Key, or says why it needs none: nobody may forget to ask.

What a key does is proved where its action is tested.
"""

from collections.abc import Iterator
from typing import Any, Final

from project.urls import api, urlpatterns
from realtime.commands import CALLS

# Only answers: nothing is kept that anybody could have twice.
READS: Final = {
    "/slips/quote",
    "/strategies/check",
    "/desk/actions/preview",
}
# Makes what is good for a few seconds, and for one use; a second one takes nothing from the first.
SHORT_LIVED: Final = {
    "/slips/{slip_id}/cash-out/quote",
    "/socket-ticket",
}
# Twice is once by itself: it moves on to a state, and says the same of it when it is there already.
BY_NATURE: Final = {
    "/conversations",  # found or opened: one for each two people
    "/conversations/{conversation_id}/read",  # a mark that only moves forward
    "/threads/{thread_id}/read",
    "/notifications/read",
    "/people/{username}/block",
    "/pools/{pool_id}/join",
    "/pools/{pool_id}/cancel",
    "/withdrawals/{withdrawal_id}/cancel",
}
# Signing up and in is allauth's, with flows and codes of its own; the back office has forms that are sent once.
OTHER_DOORS: Final = ["_allauth/", "admin/"]


def list_posts() -> Iterator[tuple[str, Any]]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                if "POST" in operation.methods:
                    yield f"{prefix}{path}".replace("uuidstr:", ""), operation


def needs_key(operation: Any) -> bool:
    """Whether a request without one is refused before its handler runs."""
    headers = [model for model in operation.models if model.__ninja_param_source__ == "header"]
    return any(
        field.alias == "Idempotency-Key" and field.is_required()
        for model in headers
        for field in model.model_fields.values()
    )


def test_every_post_needs_a_key_or_says_why_not() -> None:
    posts = dict(list_posts())

    assert {path for path, operation in posts.items() if not needs_key(operation)} == READS | SHORT_LIVED | BY_NATURE
    assert sorted(path for path, operation in posts.items() if needs_key(operation)) == [
        "/conversations/{conversation_id}/messages",
        "/desk/actions",
        "/desk/actions/{action_id}/apply",
        "/desk/actions/{action_id}/approve",
        "/desk/actions/{action_id}/reject",
        "/desk/events/{event_id}/stop",
        "/desk/markets/{market_id}/stop",
        "/desk/selections/{selection_id}/hold",
        "/desk/switches/{scope}",
        "/me/limits/confirm",
        "/me/self-exclusions",
        "/me/time-outs",
        "/pools",
        "/pools/{pool_id}/entries",
        "/ratings",
        "/reports",
        "/slips",
        "/slips/{slip_id}/cash-out",
        "/strategies",
        "/strategies/{strategy_id}/evaluations",
        "/strategies/{strategy_id}/versions",
        "/suggestions",
        "/threads",
        "/threads/{thread_id}/replies",
        "/withdrawals",
    ]


def test_every_call_of_the_socket_that_makes_something_needs_a_key() -> None:
    assert {name for name, call in CALLS.items() if not call.needs_key} == {"mark_read"}


def test_there_is_no_other_door_for_a_post() -> None:
    """Beside the API, the other doors, and pages that only answer."""
    routes = [str(pattern.pattern) for pattern in urlpatterns]

    assert routes == [
        "api/",
        "^_allauth/(?:app|browser)/v1/(?:account|auth)/phone",
        *OTHER_DOORS,
        "metrics",
        "^(?!api/|assets/|static/|_allauth/|admin/|ws/).*$",
    ]
