"""Who takes part in events, by side or number, with their names and marks."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Coalesce

from sports.core.market_keys import runner_outcome
from sports.models import EventParticipant, Team
from sports.schemas import ParticipantReply, TeamReply


def list_side_names(event_ids: Iterable[UUID]) -> dict[tuple[UUID, str], str]:
    """The names of the sides of matches by event and side, in one statement."""
    rows = (
        EventParticipant.objects.filter(event_id__in=list(event_ids))
        .exclude(side="")
        .annotate(shown_name=Coalesce("team__name", "player__name"))
        .values_list("event_id", "side", "shown_name")
    )
    return {(event_id, side): name for event_id, side, name in rows}


def list_names(event_id: UUID) -> dict[str, str]:
    """The names of everyone in an event by outcome, in the order of sides and numbers."""
    rows = (
        EventParticipant.objects.filter(event_id=event_id)
        .annotate(shown_name=Coalesce("team__name", "player__name"))
        .order_by("-side", "number")
        .values_list("side", "number", "shown_name")
    )
    return {side or runner_outcome(number or 0): name for side, number, name in rows}


def describe_team(team: Team | None) -> TeamReply:
    """A team as clients see it."""
    assert team is not None, "football is played by teams"
    return TeamReply(id=team.pk, name=team.name, short_name=team.short_name, color=team.color)


def describe_side(participant: EventParticipant) -> TeamReply:
    """A side of a match, loaded with its team and player."""
    who = participant.who
    return TeamReply(id=who.pk, name=who.name, short_name=who.short_name, color=who.color)


def describe_runner(participant: EventParticipant) -> ParticipantReply:
    """One of the field of an outright event, loaded with its team and player."""
    who = participant.who
    return ParticipantReply(
        id=who.pk,
        name=who.name,
        short_name=who.short_name,
        color=who.color,
        number=participant.number or 0,
        outcome=participant.outcome,
    )
