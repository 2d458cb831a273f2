"""Each person's own free bets over HTTP."""

from django.http import HttpRequest
from ninja import Router

from betting.queries.free_bets import list_free_bets
from betting.schemas.free_bets import FreeBetReply
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of

router = Router(tags=["betting"])


def read_free_bets(caller: Caller) -> list[FreeBetReply]:
    return list_free_bets(require_user(caller))


@router.get("/free-bets", response=list[FreeBetReply])
def get_free_bets(request: HttpRequest) -> list[FreeBetReply]:
    """The free bets you can use now, those that end first first."""
    return read_free_bets(caller_of(request))
