"""Importing seasons: layouts of many years, swapped dates, vanishing columns, timelines."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sports.core.match_plan import MatchPlan, PlannedIncident
from sports.importers.football_csv import UnknownLayout, read_season_file
from sports.importers.past_seasons import list_past_matches, read_csv_matches
from sports.importers.season_dates import UnreadableDate, read_date, repair_swapped
from sports.importers.timelines import list_recorded_matches

MODERN = """\ufeffDiv,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,\
Referee,HS,AS,B365H,B365D,B365A,AvgH,AvgD,AvgA,Avg>2.5,Avg<2.5,\
AHh,AvgAHH,AvgAHA,PSCH,PSCD,PSCA
E9,10/08/2019,12:30,Alpha,Beta,2,1,H,1,0,H,A Person,14,9,1.5,4.2,6.5,\
1.52,4.1,6.4,1.75,2.1,-1,1.9,1.95,1.49,4.4,7.1
E9,11/08/2019,15:00,Gamma,Delta,0,0,D,0,0,D,,8,8,,,,2.5,3.1,2.9,2.2,1.65,0.25,1.8,2.05,,,
E9,12/08/2019,15:00,Beta,Gamma,,,,,,,,,,2,3,4,2,3,4,,,,,,,,
"""
OLD = """Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,Attendance,HS,AS,GBH,GBD,GBA,\
BbAvH,BbAvD,BbAvA,BbAv>2.5,BbAv<2.5,BbAHh,BbAvAHH,BbAvAHA,,
E9,13/08/05,Alpha,Beta,3,0,H,2,0,H,20000,10,4,1.5,3.6,6,1.55,3.5,5.8,1.9,1.85,-0.75,1.9,1.93,,,,,
E9,14/08/05,Gamma,Epsilon\xe9,1,1,D,,,,,,,,,,,,,,,,,,
,,,,,,,,
"""


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_a_modern_season_file(tmp_path: Path) -> None:
    first, second = read_csv_matches(write(tmp_path, "E9.csv", MODERN))

    assert (first.home.name, first.away.name, first.home_goals, first.away_goals) == ("Alpha", "Beta", 2, 1)
    assert (first.season, first.played_at) == ("2019-20", datetime(2019, 8, 10, 15, tzinfo=UTC))
    assert first.statistics == {"home_shots": 14, "away_shots": 9}
    assert first.outcome == {"winner": "home", "half_time": [1, 0]}
    assert first.odds == {
        "1x2": {
            "bet365": {"home": 1500, "draw": 4200, "away": 6500},
            "average": {"home": 1520, "draw": 4100, "away": 6400},
            "pinnacle_closing": {"home": 1490, "draw": 4400, "away": 7100},
        },
        "over_under;total=2.5": {"average": {"over": 1750, "under": 2100}},
        "asian_handicap;hcp=-1": {"average": {"home": 1900, "away": 1950}},
    }
    assert set(second.odds["1x2"]) == {"average"}
    assert "asian_handicap;hcp=0.25" in second.odds


def test_an_old_file_has_other_columns_other_text_and_ragged_rows(tmp_path: Path) -> None:
    first, second = read_csv_matches(write(tmp_path, "old.csv", OLD, "latin-1"))

    assert (first.season, first.played_at.date()) == ("2005-06", date(2005, 8, 13))
    assert first.odds["over_under;total=2.5"] == {"average": {"over": 1900, "under": 1850}}
    assert first.odds["asian_handicap;hcp=-0.75"] == {"average": {"home": 1900, "away": 1930}}
    assert (second.away.name, second.odds, second.statistics) == ("Epsilon\xe9", {}, {})


def test_files_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout):
        read_season_file(write(tmp_path, "other.csv", "a,b\n1,2\n"))
    with pytest.raises(UnknownLayout):
        read_season_file(write(tmp_path, "empty.csv", ""))


def test_a_folder_is_searched_for_the_season(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", MODERN)
    write(tmp_path, "b.csv", OLD, "latin-1")
    write(tmp_path, "c.csv", "a,b\n1,2\n")

    assert len(list_past_matches(tmp_path, seasons=["2019-20"], divisions=["E9"])) == 2
    assert len(list_past_matches(tmp_path, seasons=["2019-20", "2005-06"], divisions=[])) == 4
    assert list_past_matches(tmp_path, seasons=["2019-20"], divisions=["E0"]) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10/08/2019", date(2019, 8, 10)),
        ("10/08/19", date(2019, 8, 10)),
        ("18/03/98", date(1998, 3, 18)),
        ("2019-08-10", date(2019, 8, 10)),
        ("2019-08-10 00:00:00", date(2019, 8, 10)),
        ("2019-25-08", date(2019, 8, 25)),
    ],
)
def test_dates_are_read_day_first(text: str, day: date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize("text", ["", "soon", "31/31/2019", "2019-13-32", "10/08/219"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDate):
        read_date(text)


def swapped(day: date) -> date:
    return date(day.year, day.day, day.month) if day.day <= 12 else day


SEASON = {"first": date(2010, 7, 1), "last": date(2011, 8, 31)}


def test_swapped_days_are_put_back_by_the_order_of_play() -> None:
    days = [
        date(2010, 8, 14),
        date(2010, 8, 21),
        date(2010, 9, 4),
        date(2010, 9, 11),
        date(2010, 9, 18),
        date(2010, 10, 2),
    ]

    assert repair_swapped([swapped(day) for day in days], **SEASON) == days
    assert repair_swapped(days, **SEASON) == days


@given(st.lists(st.dates(date(2010, 8, 10), date(2011, 5, 25)), min_size=1, max_size=60).map(sorted))
def test_a_file_in_order_is_left_alone(days: list[date]) -> None:
    assert repair_swapped(days, **SEASON) == days


def test_weekly_seasons_survive_any_mirror() -> None:
    days = [
        date.fromordinal(date(2010, 8, 14).toordinal() + 7 * week + extra) for week in range(40) for extra in (0, 1)
    ]
    mirrored = [swapped(day) if number % 3 else day for number, day in enumerate(days)]

    wrong = sum(one != other for one, other in zip(repair_swapped(mirrored, **SEASON), days, strict=True))
    assert sum(one != other for one, other in zip(mirrored, days, strict=True)) > 15
    assert wrong <= 2


RESULTS = """match_id,div,season,date,home_team,away_team,fthg,ftag,hthg,htag,hs,avg_h,avg_d,avg_a,avg_o25,avg_u25
m1,E0,2018-19,2018-08-10,Alpha,Beta,2,1,1,0,9,2.0,3.4,3.9,1.9,1.95
m2,E0,2018-19,2018-08-11,Gamma,Delta,1,0,0,0,7,2.0,3.4,3.9,,
m3,E0,2018-19,2018-08-12,Alpha,Delta,0,0,0,0,7,,,,,
m4,E0,2018-19,2018-08-13,Beta,Gamma,0,0,0,0,3,2.0,3.4,3.9,1.9,1.95
"""
EVENTS = """tid,match_id,date,home_slug,away_slug,minute,added,type,side
1,m1,2018-08-10,alpha,beta,90,6,goal,home
1,m1,2018-08-10,alpha,beta,45,1,goal,home
1,m1,2018-08-10,alpha,beta,60,0,goal,away
1,m1,2018-08-10,alpha,beta,70,0,red,away
2,m2,2018-08-11,gamma,delta,70,0,yellow,away
"""


def test_timelines_become_fixtures_where_they_agree_with_the_score(tmp_path: Path) -> None:
    write(tmp_path, "season.csv", RESULTS)
    write(tmp_path, "season_events.csv", EVENTS)

    recorded = list_recorded_matches(tmp_path, seasons=["2018-19"], divisions=["E0"])
    fixtures = [match.to_fixture() for match in recorded]

    assert [fixture.source_ref if fixture else None for fixture in fixtures] == ["m1", None, None, "m4"]
    first = fixtures[0]
    assert first is not None and isinstance(first.plan, MatchPlan)
    assert first.plan.incidents == (
        PlannedIncident(45, 1, "goal", "home"),
        PlannedIncident(60, 0, "goal", "away"),
        PlannedIncident(70, 0, "red_card", "away"),
        PlannedIncident(90, 6, "goal", "home"),
    )
    assert first.plan.second_half_added >= 6
    assert first.odds == {
        "1x2": {"home": 2000, "draw": 3400, "away": 3900},
        "over_under;total=2.5": {"over": 1900, "under": 1950},
    }
    assert (first.home.short_name, first.competition.name) == ("ALP", "Premier League")
    again = recorded[0].to_fixture(lap=1)
    assert again is not None
    assert again.source_ref == "m1#2"
    assert list_recorded_matches(tmp_path / "nothing", seasons=["2018-19"], divisions=["E0"]) == []
