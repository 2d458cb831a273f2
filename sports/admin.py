"""Sports in the back office, for looking only: matches change through the feed and its actions."""

from typing import Any, ClassVar

from django.contrib import admin

from project.kit.read_only_admin import ReadOnlyAdmin, ReadOnlyInline
from sports.core.outright.state import name_runners
from sports.models import (
    BettingOdds,
    Competition,
    Event,
    EventParticipant,
    EventResult,
    ExternalDataSource,
    FeedCursor,
    HistoricalEvent,
    Incident,
    LiveState,
    Player,
    RealTimeEventData,
    Sport,
    Team,
)
from sports.queries.scoreboards import get_participant_names


class ParticipantInline(ReadOnlyInline):
    model = EventParticipant


class LiveStateInline(ReadOnlyInline):
    model = LiveState


class IncidentInline(ReadOnlyInline):
    model = Incident
    fields = ("seq", "incident_type", "side", "number", "minute", "added", "shown_score", "recorded_at")
    readonly_fields = ("shown_score",)
    ordering = ("seq",)

    @admin.display(description="score")
    def shown_score(self, incident: Incident) -> str:
        """Of a race the row numbers the first; people read who they are."""
        return name_runners(incident.score, get_participant_names(incident.event_id))


class ResultInline(ReadOnlyInline):
    model = EventResult


@admin.register(Sport)
class SportAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "is_team_sport")


@admin.register(Competition)
class CompetitionAdmin(ReadOnlyAdmin):
    list_display = ("name", "country", "code")
    list_filter = ("country",)
    search_fields = ("name", "code")


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("name", "short_name", "country")
    list_filter = ("country",)
    search_fields = ("name",)


@admin.register(Player)
class PlayerAdmin(ReadOnlyAdmin):
    list_display = ("name", "sport", "team", "country", "position")
    list_select_related = ("sport", "team")
    list_filter = ("sport",)
    search_fields = ("name",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("name", "sport", "kind", "competition", "start_time", "status")
    list_select_related = ("sport", "competition")
    list_filter = ("sport", "kind", "status", "competition")
    search_fields = ("name",)
    date_hierarchy = "start_time"
    inlines: ClassVar[list[Any]] = [ParticipantInline, LiveStateInline, IncidentInline, ResultInline]


@admin.register(RealTimeEventData)
class RealTimeEventDataAdmin(ReadOnlyAdmin):
    list_display = ("event", "data_timestamp")
    list_select_related = ("event",)


@admin.register(BettingOdds)
class BettingOddsAdmin(ReadOnlyAdmin):
    list_display = ("event", "source", "market_key", "outcome", "value_milli", "last_updated")
    list_select_related = ("event",)
    list_filter = ("source", "market_key")


@admin.register(HistoricalEvent)
class HistoricalEventAdmin(ReadOnlyAdmin):
    list_display = ("event_date", "competition", "home_team", "away_team", "home_goals", "away_goals")
    list_select_related = ("competition", "home_team", "away_team")
    list_filter = ("competition", "season")


@admin.register(ExternalDataSource)
class ExternalDataSourceAdmin(ReadOnlyAdmin):
    list_display = ("source_name", "data_type", "last_accessed", "reliability_score")


@admin.register(FeedCursor)
class FeedCursorAdmin(ReadOnlyAdmin):
    """Without `state`: it holds how matches go on, and staff may bet as well."""

    list_display = ("source", "event", "slot", "position", "updated_at")
    list_select_related = ("source", "event")
    fields = ("source", "event", "slot", "position", "updated_at")
