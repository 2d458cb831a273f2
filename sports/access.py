"""From an id to a sports object. Everything in sports is public, so access only asks whether it exists."""

from uuid import UUID

from project.kit.errors import NotFound
from sports.models import Competition, Event


def get_event(event_id: UUID) -> Event:
    """The event. Raises NotFound."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound("No such event")
    return event


def get_competition(competition_id: UUID) -> Competition:
    """The competition. Raises NotFound."""
    competition = Competition.objects.filter(pk=competition_id).first()
    if competition is None:
        raise NotFound("No such competition")
    return competition
