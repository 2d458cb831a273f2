"""Ratings of one subject: average, one's own, and all of them in pages."""

from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from accounts.schemas import PersonReply
from community.models import RatingReview
from community.queries.people import describe_named
from community.schemas import RatingsReply, ReviewReply
from project.kit.pagination import paginate


def ratings_of(key: str, subject_id: UUID) -> QuerySet[RatingReview]:
    """The ratings of a subject that are shown and count; `key` is strategy_id, slip_id or post_id."""
    return RatingReview.objects.filter(**{key: subject_id}, is_hidden=False)


def sum_up(ratings: QuerySet[RatingReview]) -> tuple[int, int]:
    """How many there are, and what they add up to."""
    sums = ratings.order_by().aggregate(count=Count("id"), total=Sum("rating"))
    return sums["count"], sums["total"] or 0


def list_ratings(key: str, subject_id: UUID, *, viewer_id: UUID | None, cursor: str | None, limit: int) -> RatingsReply:
    """One page of a subject's ratings with what they come to."""
    ratings = ratings_of(key, subject_id)
    count, total = sum_up(ratings)
    page = paginate(ratings, cursor=cursor, limit=limit, order=("-submitted_at", "-id"), shape=lambda row: row)
    own = _find_own(key, subject_id, viewer_id)
    people = describe_named([row.user_id for row in [*page.items, *([own] if own else [])]])
    return RatingsReply(
        average=round(total / count, 2) if count else None,
        count=count,
        mine=_describe(own, people, viewer_id) if own else None,
        items=[_describe(row, people, viewer_id) for row in page.items],
        next_cursor=page.next_cursor,
    )


def _find_own(key: str, subject_id: UUID, viewer_id: UUID | None) -> RatingReview | None:
    """One's own rating, also when it is hidden: who wrote it should know."""
    if viewer_id is None:
        return None
    return RatingReview.objects.filter(**{key: subject_id}, user_id=viewer_id).first()


def describe_rating(rating: RatingReview, viewer_id: UUID | None) -> ReviewReply:
    return _describe(rating, describe_named([rating.user_id]), viewer_id)


def _describe(rating: RatingReview, people: dict[UUID, PersonReply], viewer_id: UUID | None) -> ReviewReply:
    return ReviewReply.model_validate(
        {
            "id": rating.id,
            "subject_id": rating.subject_id,
            "user": people[rating.user_id],
            "is_mine": rating.user_id == viewer_id,
            "rating": rating.rating,
            "review": "" if rating.is_hidden else rating.review,
            "is_hidden": rating.is_hidden,
            "submitted_at": rating.submitted_at,
        }
    )
