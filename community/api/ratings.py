"""Ratings over HTTP: of strategies, threads, and slips of one's own."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router, Status

from accounts.queries.exclusions import check_not_self_excluded
from community.access import get_ratable
from community.actions.ratings import rate
from community.queries.ratings import describe_rating, list_ratings
from community.schemas import RateCommand, RatingsQuery, RatingsReply, ReviewReply
from project.kit.callers import Caller, require_user
from project.kit.errors import ValidationFailed
from project.kit.http import IdempotencyKey, caller_of
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.throttles import check_rate

RATINGS_PER_HOUR: Final = 60

router = Router(tags=["ratings"])


def rate_subject(caller: Caller, command: RateCommand, key: str) -> ReviewReply:
    """Rate what the caller may see and did not make."""
    user_id = require_user(caller)
    check_not_self_excluded(user_id)
    subject = get_ratable(caller, strategy_id=command.strategy_id, slip_id=command.slip_id, post_id=command.post_id)
    check_rate(f"ratings:{user_id}", limit=RATINGS_PER_HOUR, per_s=3_600)
    row = rate(
        user_id=user_id,
        subject=subject,
        rating=command.rating,
        review=command.review,
        command_key=CommandKey(user_id, key, fingerprint("rate", command)),
    )
    return describe_rating(row, user_id)


@router.post("/ratings", response={201: ReviewReply}, operation_id="rate")
def rate_view(request: HttpRequest, command: RateCommand, key: IdempotencyKey) -> Status[ReviewReply]:
    """Rate a strategy, a thread, or a slip of yours; a second word replaces the first. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, rate_subject(caller, command, key))


@router.get("/ratings", response=RatingsReply, operation_id="list_ratings")
def list_ratings_view(request: HttpRequest, query: Query[RatingsQuery]) -> RatingsReply:
    """The ratings of one strategy, thread, or slip of yours: average, yours, and all of them."""
    caller = caller_of(request)
    if sum(one is not None for one in (query.strategy_id, query.slip_id, query.post_id)) != 1:
        raise ValidationFailed("Name exactly one of strategy_id, slip_id, post_id")
    subject = get_ratable(caller, strategy_id=query.strategy_id, slip_id=query.slip_id, post_id=query.post_id)
    return list_ratings(
        subject.key, subject.subject_id, viewer_id=caller.user_id, cursor=query.cursor, limit=query.limit
    )
