"""Sports over HTTP: lists, pages, one event, and the refusals."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from project.kit import clock
from sports.actions import correct_result
from sports.actions.feeds import record_live_data
from sports.actions.history import import_past_matches
from sports.core.fixtures import TeamSpec
from sports.core.synthetic import SyntheticLeague
from tests.sports.matches import make_event, make_live_event, play_to_end, score_goal

pytestmark = pytest.mark.django_db
UNKNOWN_ID = "0190000a-0000-7000-8000-00000000000b"


@pytest.fixture
def client() -> Client:
    return Client()


def teams(number: int) -> dict[str, Any]:
    return {
        "home": TeamSpec(f"Garnholt {number}", "Norvane", "GAR", "#d6453d"),
        "away": TeamSpec(f"Lorringate {number}", "Norvane", "LOR", "#2f7de1"),
    }


def test_lobby_lists_what_is_on_what_comes_and_what_was(client: Client) -> None:
    live, upcoming, finished = make_live_event(), make_event(), play_to_end(["home"])
    score_goal(live, "away", minute=7)

    reply = client.get("/api/lobby")

    body = reply.json()
    assert reply.status_code == 200
    assert [row["id"] for row in body["in_play"]] == [str(live.pk)]
    assert [row["id"] for row in body["upcoming"]] == [str(upcoming.pk)]
    assert [row["id"] for row in body["finished"]] == [str(finished.pk)]
    assert body["server_time"].endswith("Z")
    row = body["in_play"][0]
    assert row["sport"] == "football"
    assert row["competition"]["name"] == "Norvane First Division"
    assert row["home"] == {
        "id": row["home"]["id"],
        "name": "Aldrowmere Rovers",
        "short_name": "ALD",
        "color": "#d6453d",
    }
    assert row["status"] == "ongoing"
    assert row["scoreboard"] == {
        "event_id": str(live.pk),
        "status": "ongoing",
        "phase": "first_half",
        "minute": 7,
        "added": 0,
        "clock": "7'",
        "home_goals": 0,
        "away_goals": 1,
        "home_reds": 0,
        "away_reds": 0,
        "home_yellows": 0,
        "away_yellows": 0,
        "is_betting_stopped": True,
        "stop_reason": "goal",
        "incident_seq": 2,
        "version": 3,
        "sport": "football",
        "score": "0-1",
        "detail": {"sport": "football", "half_time": None},
    }
    assert row["scoreboard_version"] == 3


@pytest.mark.parametrize("count", [1, 6])
def test_lobby_takes_six_statements_whatever_its_length(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_live_event(**teams(number))
        make_event(**teams(number))
        play_to_end(["home"], **teams(number))

    with django_assert_num_queries(6):
        reply = client.get("/api/lobby")

    assert [len(reply.json()[name]) for name in ("in_play", "upcoming", "finished")] == [count] * 3


def test_events_come_in_pages_and_by_state(client: Client) -> None:
    now = clock.now()
    events = [make_event(start_time=now + timedelta(minutes=number)) for number in range(5)]
    make_live_event()

    first = client.get("/api/events", {"status": "upcoming", "limit": "3"}).json()
    second = client.get("/api/events", {"status": "upcoming", "limit": "3", "cursor": first["next_cursor"]}).json()

    listed = [row["id"] for row in first["items"] + second["items"]]
    assert listed == [str(event.pk) for event in events]
    assert second["next_cursor"] is None
    assert len(client.get("/api/events", {"status": "in_play"}).json()["items"]) == 1
    assert client.get("/api/events", {"competition": UNKNOWN_ID}).json() == {"items": [], "next_cursor": None}
    assert len(client.get("/api/events", {"competition": str(events[0].competition_id)}).json()["items"]) == 6


def test_one_event_in_full(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    event = play_to_end(["home", "away", "home"])
    record_live_data(event_id=event.pk, statistics={"home_shots": 11})
    correct_result(event_id=event.pk, home_goals=2, away_goals=2, reason="a goal was missing")

    with django_assert_num_queries(5):
        reply = client.get(f"/api/events/{event.pk}")

    body = reply.json()
    result = body["result"]
    assert (result["home_goals"], result["away_goals"], result["is_final"], result["version"]) == (2, 2, True, 2)
    assert (result["ending"], result["reason"], result["placings"]) == ("full", "a goal was missing", [])
    assert result["periods"] == [{"home": 2, "away": 1}, {"home": 0, "away": 1}]
    assert [incident["type"] for incident in body["incidents"]] == [
        "kick_off",
        "goal",
        "goal",
        "goal",
        "half_time",
        "second_half",
        "full_time",
    ]
    assert body["incidents"][3] | {"recorded_at": ""} == {
        "seq": 4,
        "type": "goal",
        "side": "home",
        "minute": 3,
        "added": 0,
        "home_goals": 2,
        "away_goals": 1,
        "number": 0,
        "score": "2-1",
        "recorded_at": "",
    }
    assert (body["venue"], body["statistics"]) == ("Aldrowmere Park", {"home_shots": 11})
    assert body["scoreboard"]["clock"] == "FT"


def test_competitions_and_their_past(client: Client) -> None:
    matches = SyntheticLeague(7).history(clock.now())[:30]
    import_past_matches(source_name="test", matches=matches)

    competitions = client.get("/api/competitions").json()
    assert [(one["name"], one["country"]) for one in competitions] == [
        ("Estmark First Liga", "Estmark"),
        ("Norvane First Division", "Norvane"),
        ("Solvara First Serie", "Solvara"),
    ]
    listed, cursor = [], None
    while True:
        query: dict[str, str | int] = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"/api/competitions/{competitions[1]['id']}/history", query).json()
        listed += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(listed) == sum(match.competition.code == "NV1" for match in matches)
    assert [one["event_date"] for one in listed] == sorted((one["event_date"] for one in listed), reverse=True)
    assert set(listed[0]["statistics"]) >= {"home_shots", "away_shots_on_target"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/api/events/{UNKNOWN_ID}", 404, "not_found"),
        ("/api/events/none", 404, "not_found"),
        (f"/api/competitions/{UNKNOWN_ID}/history", 404, "not_found"),
        ("/api/events?status=finnished", 422, "validation_error"),
        ("/api/events?competition=x", 422, "validation_error"),
        ("/api/events?limit=0", 422, "validation_error"),
        ("/api/events?limit=101", 422, "validation_error"),
        ("/api/events?cursor=%00", 400, "bad_request"),
        ("/api/events?cursor=WzEsMl0", 400, "bad_request"),
    ],
)
def test_refusals_are_problems(client: Client, path: str, status: int, code: str) -> None:
    make_event()

    reply = client.get(path)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply["Content-Type"].startswith("application/problem+json")


def test_lists_are_read_only(client: Client) -> None:
    assert client.post("/api/events", {}, content_type="application/json").status_code in (403, 405)
