"""What shows in one's own slips. There is no address for anybody else's."""

from django.http import HttpRequest
from ninja import Router

from betting.queries.patterns import list_patterns
from betting.schemas.patterns import PatternsReply
from project.kit.callers import require_user
from project.kit.http import caller_of

router = Router(tags=["patterns"])


@router.get("/me/patterns", response=PatternsReply, operation_id="get_my_patterns")
def patterns_view(request: HttpRequest) -> PatternsReply:
    """What shows in your slips: sports, markets, stakes, times, odds, results."""
    return PatternsReply(patterns=list_patterns(require_user(caller_of(request))))
