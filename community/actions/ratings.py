"""Rating something: one word for each person and subject, and the sum kept where rankings read it."""

from typing import Any
from uuid import UUID

from django.db import transaction

from betting.actions.strategies import store_strategy_rating
from betting.locks import lock_strategy
from community.access import Ratable
from community.actions.replays import CommandKey, find_made, remember_made
from community.locks import lock_person
from community.models import RatingReview
from community.queries.ratings import ratings_of, sum_up
from project.kit import clock
from project.kit.errors import Forbidden


@transaction.atomic(durable=True)
def rate(
    *, user_id: UUID, subject: Ratable, rating: int, review: str, command_key: CommandKey | None = None
) -> RatingReview:
    """Keep what a person thinks; a second word replaces the first. Raises Forbidden for what they made themselves.

    Locks the person, then the strategy, so that its sum counts every rating that is committed.
    """
    if subject.maker_id == user_id:
        raise Forbidden("Others rate what you made")
    lock_person(user_id)
    made_id = find_made(command_key)
    if made_id is not None:
        return RatingReview.objects.get(id=made_id)
    if subject.key == "strategy_id":
        lock_strategy(subject.subject_id)
    named: dict[str, Any] = {"user_id": user_id, subject.key: subject.subject_id}
    row, _ = RatingReview.objects.update_or_create(
        **named,
        defaults={"rating": rating, "review": review.strip(), "submitted_at": clock.now()},
    )
    if subject.key == "strategy_id":
        count, total = sum_up(ratings_of(subject.key, subject.subject_id))
        store_strategy_rating(strategy_id=subject.subject_id, count=count, total=total)
    remember_made(command_key, row.id)
    return row
