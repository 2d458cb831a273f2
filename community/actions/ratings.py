"""Rating something: one word for each person and subject, and the sum kept where rankings read it.

Moderators hide a rating and put it back: hidden it is not shown, does not count, and cannot be changed by its author.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from betting.actions.strategies import store_strategy_rating
from betting.locks import lock_strategy
from community.access import Ratable
from community.actions.decisions import Decision, check_is, log_visibility, resolve_reports
from community.locks import lock_person, lock_rating
from community.models import ModerationAction, RatingReview, Report, SubjectType
from community.queries.ratings import ratings_of, sum_up
from project.kit import clock
from project.kit.errors import Forbidden, NotFound
from project.kit.idempotency import CommandKey
from project.kit.replays import find_made, remember_made
from project.kit.streams import append


@transaction.atomic(durable=True)
def rate(
    *, user_id: UUID, subject: Ratable, rating: int, review: str, command_key: CommandKey | None = None
) -> RatingReview:
    """Keep what a person thinks; a second word replaces the first. Raises Forbidden for what they made themselves, and
    for a rating that a moderator has hidden.

    Locks the person, then the strategy, so that its sum counts every rating that is committed, then the rating.
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
    row = RatingReview.objects.select_for_update(no_key=True).filter(**named).first() or RatingReview(**named)
    if row.is_hidden:
        raise Forbidden("A moderator has hidden your rating: it stays as it is")
    row.rating, row.review, row.submitted_at = rating, review.strip(), clock.now()
    row.save()
    _keep_sum(row)
    remember_made(command_key, row.id)
    return row


@transaction.atomic(durable=True)
def hide_rating(*, rating_id: UUID, decision: Decision) -> RatingReview:
    """Take a rating away from everybody but moderators; it counts no more. Raises VersionConflict when it is hidden."""
    return _set_hidden(rating_id, decision, is_hidden=True)


@transaction.atomic(durable=True)
def restore_rating(*, rating_id: UUID, decision: Decision) -> RatingReview:
    """Put a hidden rating back; it counts again. Raises VersionConflict when it is not hidden."""
    return _set_hidden(rating_id, decision, is_hidden=False)


def _set_hidden(rating_id: UUID, decision: Decision, *, is_hidden: bool) -> RatingReview:
    """Locks the strategy, if it is of one, then the rating, then its reports."""
    found = RatingReview.objects.filter(id=rating_id).first()
    if found is None:
        raise NotFound
    if found.strategy_id is not None:
        lock_strategy(found.strategy_id)
    row = lock_rating(rating_id)
    check_is(row, is_hidden=not is_hidden)
    row.is_hidden = is_hidden
    row.save(update_fields=["is_hidden"])
    _keep_sum(row)
    status = Report.Status.ACTIONED if is_hidden else Report.Status.RESTORED
    resolved = resolve_reports(SubjectType.RATING, rating_id, status, decision)
    action = ModerationAction.Action.HIDE if is_hidden else ModerationAction.Action.RESTORE
    log_visibility(action, SubjectType.RATING, rating_id, decision, resolved)
    append(*resolved)
    return row


def _keep_sum(row: RatingReview) -> None:
    """What the strategy's ratings come to now, under its lock; slips and threads keep no sum."""
    if row.strategy_id is None:
        return
    count, total = sum_up(ratings_of("strategy_id", row.strategy_id))
    store_strategy_rating(strategy_id=row.strategy_id, count=count, total=total)
