"""Making sure that sports, competitions, teams and sources exist. Running twice changes nothing."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from django.db import transaction

from project.kit import clock
from sports.core.fixtures import CompetitionSpec, TeamSpec
from sports.models import Competition, ExternalDataSource, Player, Sport, Team

FOOTBALL = "football"
# slug -> (name, whether teams play it)
SPORTS: Final[Mapping[str, tuple[str, bool]]] = {
    FOOTBALL: ("Football", True),
    "tennis": ("Tennis", False),
    "basketball": ("Basketball", True),
    "cycling": ("Cycling", False),
}

TeamKey = tuple[str, str]  # country, name


@transaction.atomic(durable=True)
def seed_sports() -> Sport:
    """Create the sports we cover; returns football."""
    football, *_ = [ensure_sport(slug) for slug in SPORTS]
    return football


def ensure_football() -> Sport:
    """The row of football, inside the caller's transaction."""
    return ensure_sport(FOOTBALL)


def ensure_sport(slug: str) -> Sport:
    """The row of a sport we cover, inside the caller's transaction."""
    name, is_team_sport = SPORTS[slug]
    sport, _ = Sport.objects.get_or_create(slug=slug, defaults={"name": name, "is_team_sport": is_team_sport})
    return sport


def ensure_source(source_name: str, data_type: str) -> ExternalDataSource:
    """The row of a data source, stamped with this access, inside the caller's transaction."""
    source, is_new = ExternalDataSource.objects.get_or_create(
        source_name=source_name, defaults={"data_type": data_type, "last_accessed": clock.now()}
    )
    if not is_new:
        source.last_accessed = clock.now()
        source.save(update_fields=["last_accessed"])
    return source


def ensure_competitions(sport: Sport, specs: Iterable[CompetitionSpec]) -> dict[str, UUID]:
    """The ids of these competitions by code, inside the caller's transaction."""
    by_code = {spec.code: spec for spec in specs}
    Competition.objects.bulk_create(
        [Competition(sport=sport, code=one.code, name=one.name, country=one.country) for one in by_code.values()],
        ignore_conflicts=True,
    )
    rows = Competition.objects.filter(sport=sport, code__in=list(by_code)).values_list("code", "id")
    return dict(rows)


def ensure_teams(sport: Sport, specs: Iterable[TeamSpec]) -> dict[TeamKey, UUID]:
    """The ids of these teams by (country, name), inside the caller's transaction."""
    by_key = {(spec.country, spec.name): spec for spec in specs}
    Team.objects.bulk_create(
        [
            Team(sport=sport, name=one.name, country=one.country, short_name=one.short_name, color=one.color)
            for one in by_key.values()
        ],
        ignore_conflicts=True,
    )
    names = [name for _, name in by_key]
    rows = Team.objects.filter(sport=sport, name__in=names).values_list("country", "name", "id")
    return {(country, name): team_id for country, name, team_id in rows if (country, name) in by_key}


def ensure_players(sport: Sport, specs: Iterable[TeamSpec]) -> dict[TeamKey, UUID]:
    """The ids of these players without a team by (country, name), inside the caller's transaction."""
    by_key = {(spec.country, spec.name): spec for spec in specs}
    Player.objects.bulk_create(
        [
            Player(sport=sport, name=one.name, country=one.country, short_name=one.short_name, color=one.color)
            for one in by_key.values()
        ],
        ignore_conflicts=True,
    )
    rows = Player.objects.filter(sport=sport, team__isnull=True, name__in=[name for _, name in by_key])
    found = rows.values_list("country", "name", "id")
    return {(country, name): player_id for country, name, player_id in found if (country, name) in by_key}
