"""Every route that changes something says what it does for who has excluded themselves: nobody may forget to ask.

What it says is proved by `tests/betting/test_kept_away.py`, `test_own_rules_api.py` and
`tests/community/test_self_excluded.py`.
"""

from typing import Final

from project.urls import api
from realtime.commands import CALLS

# Stakes, talk and whatever leads to either.
REFUSED: Final = {
    "POST /slips",
    "POST /pools",
    "POST /pools/{pool_id}/join",
    "POST /pools/{pool_id}/entries",
    "POST /strategies",
    "PATCH /strategies/{strategy_id}",  # but for making private and archiving
    "POST /strategies/{strategy_id}/versions",
    "POST /strategies/{strategy_id}/evaluations",
    "PUT /strategies/{strategy_id}/paper",  # but for ending it
    "POST /suggestions",
    "PUT /me/limits",  # higher ones
    "POST /me/limits/confirm",
    "POST /conversations",
    "POST /conversations/{conversation_id}/messages",
    "POST /threads",
    "POST /threads/{thread_id}/replies",
    "POST /ratings",
}
# What is theirs, what ends something, and what only answers.
WORKS: Final = {
    "PATCH /me/profile",
    "PATCH /me/preferences",
    "PUT /me/consents",  # but for marketing
    "POST /me/time-outs",
    "POST /me/self-exclusions",
    "POST /withdrawals",
    "POST /withdrawals/{withdrawal_id}/cancel",
    "POST /slips/quote",
    "POST /slips/{slip_id}/cash-out",
    "POST /slips/{slip_id}/cash-out/quote",
    "PUT /slips/{slip_id}/cash-out/target",
    "POST /pools/{pool_id}/cancel",
    "POST /strategies/check",
    "DELETE /strategies/{strategy_id}",
    "PATCH /suggestions/{suggestion_id}",
    "POST /conversations/{conversation_id}/read",
    "POST /threads/{thread_id}/read",
    "POST /people/{username}/block",
    "DELETE /people/{username}/block",
    "POST /reports",
    "POST /notifications/read",
    "PUT /notifications/preferences",
}
# A ticket opens a socket, which is refused with 4423.
SOCKETS: Final = {"POST /socket-ticket"}
REFUSED_CALLS: Final = {"place_slip", "send_message"}
WORKING_CALLS: Final = {"cash_out", "mark_read"}


def list_changing_routes() -> set[str]:
    """Of people; the desk's are the staff's."""
    return {
        f"{method} {prefix}{path}".replace("uuidstr:", "")
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if method != "GET" and not f"{prefix}{path}".startswith("/desk/")
    }


def test_every_route_that_changes_something_is_decided() -> None:
    assert list_changing_routes() == REFUSED | WORKS | SOCKETS
    assert not REFUSED & WORKS


def test_every_call_over_the_socket_is_decided() -> None:
    assert set(CALLS) == REFUSED_CALLS | WORKING_CALLS
