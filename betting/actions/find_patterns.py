"""Finding the patterns of one person's slips: recomputed as a whole, so that a second run changes nothing."""

from uuid import UUID

from django.db import transaction

from betting.core.patterns import find_patterns
from betting.models import UserBettingPattern
from betting.queries.patterns import list_slip_facts
from project.kit import clock
from project.kit.locks import lock_exclusive


@transaction.atomic(durable=True)
def find_patterns_of(*, user_id: UUID) -> int:
    """Replace what was found before; returns how many patterns there are."""
    lock_exclusive("user", user_id)
    found = find_patterns(list_slip_facts(user_id))
    now = clock.now()
    UserBettingPattern.objects.filter(user_id=user_id).exclude(pattern_identifier__in=found).delete()
    UserBettingPattern.objects.bulk_create(
        [
            UserBettingPattern(user_id=user_id, pattern_identifier=name, description=description, detected_on=now)
            for name, description in found.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "pattern_identifier"],
        update_fields=["description", "detected_on"],
    )
    return len(found)
