"""History: imported once, read by models and pages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from sports.actions.history import import_past_matches
from sports.core.synthetic import SyntheticLeague
from sports.models import Competition, HistoricalEvent, Sport, Team
from sports.queries.history import split_odds, training_rows
from tests.sports.test_importers import MODERN, RESULTS, write

pytestmark = pytest.mark.django_db

UNTIL = datetime(2030, 6, 1, tzinfo=UTC)


def test_a_season_is_imported_once(tmp_path: Path) -> None:
    write(tmp_path, "E9.csv", MODERN)
    arguments = ["--data", str(tmp_path), "--season", "2019-20", "--division", "E9"]

    call_command("import_history", *arguments, verbosity=0)
    call_command("import_history", *arguments, verbosity=0)

    assert HistoricalEvent.objects.count() == 2
    assert (Competition.objects.count(), Team.objects.count()) == (1, 4)
    first, second = training_rows()
    assert (first.competition, first.home_team, first.away_team) == ("E9", "Alpha", "Beta")
    assert (first.home_goals, first.away_goals, first.home_shots, first.home_shots_on_target) == (2, 1, 14, None)
    assert first.odds["1x2"] == {"home": 1520, "draw": 4100, "away": 6400}
    assert first.closing_odds == {"1x2": {"home": 1490, "draw": 4400, "away": 7100}}
    assert second.closing_odds == {}
    assert first.home_team_id == Team.objects.get(name="Alpha").pk


def test_a_folder_without_the_season_says_so(tmp_path: Path) -> None:
    write(tmp_path, "E9.csv", MODERN)

    with pytest.raises(CommandError, match="holds no finished matches of 1999-00"):
        call_command("import_history", "--data", str(tmp_path), "--season", "1999-00")
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("import_history", "--data", str(tmp_path / "none"), "--season", "1999-00")

    assert HistoricalEvent.objects.count() == 0


def test_training_rows_come_in_order_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    matches = SyntheticLeague(3).history(UNTIL)[:300]
    assert import_past_matches(source_name="test", matches=matches) == 300

    with django_assert_num_queries(1):
        rows = list(training_rows())

    assert len(rows) == 300
    assert [row.played_at for row in rows] == sorted(match.played_at for match in matches)
    assert rows[0].odds.keys() == {"1x2", "over_under;total=2.5"}
    assert rows[0].home_shots is not None


def test_the_most_trusted_bookmaker_speaks() -> None:
    price = {"home": 2000, "draw": 3000, "away": 4000}
    other = {"home": 2100, "draw": 3100, "away": 4100}

    assert split_odds({"1x2": {"bwin": other, "bet365": price}})[0] == {"1x2": price}
    assert split_odds({"1x2": {"zebra": other, "bwin": price}})[0] == {"1x2": price}
    assert split_odds({"1x2": {"pinnacle_closing": price, "maximum_closing": other}}) == ({}, {"1x2": price})


def test_seeding_gives_a_synthetic_past_once(settings: Settings) -> None:
    settings.DATA_FOLDER = None

    call_command("seed_sports", verbosity=0)
    call_command("seed_sports", verbosity=0)

    slugs = Sport.objects.order_by("slug").values_list("slug", flat=True)
    assert list(slugs) == ["basketball", "cycling", "football", "tennis"]
    assert HistoricalEvent.objects.count() == 5508


def test_seeding_takes_recorded_seasons_before_the_replayed_ones(settings: Settings, tmp_path: Path) -> None:
    write(tmp_path, "then.csv", RESULTS.replace("2018", "2016").replace("2016-19", "2016-17"))
    write(tmp_path, "now.csv", RESULTS.replace("m1", "n1"))
    settings.DATA_FOLDER = tmp_path

    call_command("seed_sports", verbosity=0)

    assert set(HistoricalEvent.objects.values_list("season", flat=True)) == {"2016-17"}
    assert HistoricalEvent.objects.count() == 4
