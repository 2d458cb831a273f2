"""The commands that judge the in-play prices and repeat the fit, on recordings made for the test."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from ml.core.inplay import InPlayState, price_event
from ml.core.market_view import read_market_view
from ml.queries.recordings import list_recorded_matches

ODDS = {"h": 2.0, "d": 3.5, "a": 4.2, "o25": 1.9, "u25": 1.95}
MARKET = {"1x2": {"home": 2000, "draw": 3500, "away": 4200}, "over_under;total=2.5": {"over": 1900, "under": 1950}}


def write_recordings(folder: Path, goals: dict[int, list[tuple[int, int, str]]]) -> None:
    """Matches m<number> of 2018-19 with these goals as (minute, added, side)."""
    write(
        folder / "timeline_matches.parquet",
        [{"tid": tid, "match_id": f"m{tid}", "season": "2018-19"} for tid in goals],
    )
    write(
        folder / "timeline_events.parquet",
        [
            {"tid": tid, "minute": minute, "added": added, "type": "goal", "side": side}
            for tid, scored in goals.items()
            for minute, added, side in scored
        ],
    )
    names = [f"avg_{part}" for part in ODDS] + [f"b365_{part}" for part in ODDS]
    names += [f"{name}_{part}" for name in ("iw", "wh") for part in ("h", "d", "a")]
    odds = {name: ODDS[name.split("_")[1]] for name in names}
    write(folder / "football.parquet", [{"match_id": f"m{tid}", **odds} for tid in goals])


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


def run_backtest(folder: Path) -> tuple[list[dict[str, str]], str]:
    out, said = folder / "out.csv", StringIO()
    call_command("backtest_inplay", data=folder, out=out, stdout=said)
    with out.open() as file:
        return list(csv.DictReader(file)), said.getvalue()


def test_snapshots_know_what_had_happened_and_nothing_later(tmp_path: Path) -> None:
    write_recordings(tmp_path, {1: [(7, 0, "home"), (45, 2, "away"), (90, 4, "home")]})

    rows, said = run_backtest(tmp_path)

    assert [int(row["minute"]) for row in rows] == list(range(0, 90, 5))
    view = read_market_view(MARKET)
    assert view is not None
    states = {
        5: InPlayState("first_half", 5),
        45: InPlayState("first_half", 45, 0, 1, 0),
        50: InPlayState("second_half", 50, 0, 1, 1),
    }
    for row in rows:
        state = states.get(int(row["minute"]))
        if state is not None:
            prices = price_event(view.rates(), state)
            assert float(row["p_home"]) == pytest.approx(prices["1x2"]["home"], abs=1e-8)
            assert float(row["p_over25"]) == pytest.approx(prices["over_under;total=2.5"]["over"], abs=1e-8)
            next_goal = prices[f"next_goal;goal={state.home_goals + state.away_goals + 1}"]
            assert float(row["p_next_none"]) == pytest.approx(next_goal["none"], abs=1e-8)
    assert said.startswith("1 matches, 18 snapshots")


def test_another_ending_leaves_earlier_snapshots_identical(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    write_recordings(tmp_path / "one", {1: [(7, 0, "home"), (61, 0, "home")], 2: [(3, 0, "away")]})
    write_recordings(tmp_path / "other", {1: [(7, 0, "home"), (62, 0, "away")], 2: [(3, 0, "away"), (88, 0, "away")]})

    first, second = run_backtest(tmp_path / "one")[0], run_backtest(tmp_path / "other")[0]

    assert [row for row in first if int(row["minute"]) <= 60] == [row for row in second if int(row["minute"]) <= 60]
    assert first != second


def test_matches_without_prices_or_timeline_are_left_out(tmp_path: Path) -> None:
    write_recordings(tmp_path, {1: [(7, 0, "home")], 2: [(9, 0, "home")]})
    write(
        tmp_path / "football.parquet",
        [row | {"match_id": "m2"} for row in pq.read_table(tmp_path / "football.parquet").to_pylist()[:1]],
    )

    assert [match.match_id for match in list_recorded_matches(tmp_path, first_season="2018-19")] == ["m2"]
    assert list_recorded_matches(tmp_path, first_season="2019-20") == []


def test_the_fit_prints_constants_that_can_be_pasted(tmp_path: Path) -> None:
    goals = [(minute, 0, "home") for minute in range(1, 91)] + [(90, 1, "away")] * 30
    write_recordings(tmp_path, {1: goals})
    said = StringIO()

    call_command("fit_inplay_profile", data=tmp_path, last_season="2018-19", stdout=said)

    lines = said.getvalue().splitlines()
    assert lines[0] == "120 goals, 2010-11 to 2018-19"
    assert lines[1].startswith("first=HalfShape(opening=(0.008333, 0.008333, 0.008333), start=0.008333, slope=")
    assert "stoppage=(0.25," in lines[2]
