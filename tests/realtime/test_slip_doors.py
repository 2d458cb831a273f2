"""A slip through Django, through the route before it and through the socket: one answer, the same rows."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from betting.models import Selection
from project.kit.money import format_milli
from tests.betting.desk import bet, command_for, fund, make_live_priced_event, make_priced_event, selection_of
from tests.realtime.doors import Doors, count_risks, open_doors, request, rows_of
from tests.realtime.processes import session_key_of

NOBODY = str(UUID(int=0))


@dataclass(frozen=True)
class Case:
    """What is sent, and what all doors answer: the status of HTTP, the code and pointer of a refusal.

    `is_frame` is whether a socket could say it: frames are text, and their keys are bounded by the frame's own rules.
    """

    name: str
    body: bytes
    status: int
    code: str | None = None
    pointer: str | None = None
    key: str | None = "one"
    is_frame: bool = True


def good_cases(home: Selection, live: Selection) -> list[Case]:
    plain = body_of(home)
    return [
        Case("a single", plain, 201),
        Case("the same again", plain, 201),
        Case("the same key, another body", body_of(home, stake="2.00"), 422, "idempotency_key_reused"),
        Case("another key", plain, 201, key="two"),
        Case("members in another order, space around them", spaced(plain), 201),
        Case("a longest key", plain, 201, key="~" * 255),
        Case("any price", body_of(home, odds="9.00", price_policy="any"), 201, key="three"),
        Case("each line its stake", body_of(home, stake_kind="line"), 201, key="four"),
        Case("in play", body_of(live), 202, key="five"),
        Case("in play again", body_of(live), 202, key="five"),
    ]


def bad_cases(home: Selection, draw: Selection) -> list[Case]:
    wrong = 422, "validation_error"
    return [
        Case("no money", body_of(home, stake="50.00"), 409, "insufficient_funds"),
        Case("too much", body_of(home, stake="100001.00"), 422, "stake_above_max"),
        Case("a number", body_of(home, stake=10), *wrong, "/stake"),
        Case("nothing", body_of(home, stake="0.00"), 422, "stake_below_min"),
        Case("exponents", body_of(home, stake="1e1"), *wrong, "/stake"),
        Case("an unknown member", body_of(home, bonus=True), *wrong, "/bonus"),
        Case("a currency of nobody's", body_of(home, currency="XXX"), *wrong, "/currency"),
        Case("a number for a boolean", body_of(home, is_each_way=1), *wrong, "/is_each_way"),
        Case("a text for a boolean", body_of(home, is_each_way="false"), *wrong, "/is_each_way"),
        Case("no legs", body_of(home, legs=[]), *wrong, "/legs"),
        Case("a leg that is none", body_of(home, legs=[7]), *wrong, "/legs/0"),
        Case("no such selection", with_legs(home, (NOBODY, "2.00")), 404, "not_found"),
        Case("no id", with_legs(home, ("x", "2.00")), *wrong, "/legs/0/selection_id"),
        Case("another price", body_of(home, odds="9.00"), 409, "odds_changed"),
        Case("odds of one", body_of(home, odds="1.000", price_policy="any"), 422, "validation_error"),
        Case("related legs", related(home, draw), 422, "related_legs"),
        Case("lines of no bet", body_of(home, bet_type="yankee"), *wrong, "/bet_type"),
        Case("nobody's free bet", body_of(home, free_bet_id=NOBODY), 404, "not_found"),
        Case("no key", body_of(home), 400, "idempotency_key_required", key=None),
        Case("an empty key", body_of(home), 400, "idempotency_key_invalid", key=""),
        Case("no text for a key", body_of(home), 400, "idempotency_key_invalid", key="é"),
        Case("a wrong body before a wrong key", body_of(home, stake=10), *wrong, "/stake", key="é"),
        Case("a long key", body_of(home), 400, "idempotency_key_invalid", key="k" * 256, is_frame=False),
    ]


def bad_bodies(home: Selection) -> list[Case]:
    plain = body_of(home)
    bad = 400, "malformed_json"
    return [
        Case("cut off", plain[:-1], *bad),
        Case("twice the same member", plain.replace(b'"stake":', b'"stake":"2.00","stake":'), *bad),
        Case("a lone surrogate", plain.replace(b'"PLY"', b'"\\ud800"'), *bad),
        Case("NaN", plain.replace(b'"PLY"', b"NaN"), *bad),
        Case("a number without end", plain.replace(b'"PLY"', b"1e999"), *bad),
        Case("NUL", plain.replace(b'"PLY"', b'"\\u0000"'), *bad),
        Case("deep", plain.replace(b'"PLY"', b"[" * 40 + b"]" * 40), *bad),
        Case("very deep", plain.replace(b'"PLY"', b"[" * 9_000 + b"]" * 9_000), *bad),
        Case("no UTF-8", plain.replace(b'"PLY"', b'"\xff"'), *bad, is_frame=False),
        Case("a byte order mark", b"\xef\xbb\xbf" + plain, *bad),
        Case("a list", b"[]", *bad, is_frame=False),
        Case("a text", b'"stake"', *bad, is_frame=False),
        Case("nothing known", b"{}", 422, "validation_error", "/stake"),
        Case("space", b" ", *bad),
    ]


def body_of(selection: Selection, *, odds: str | None = None, **changes: Any) -> bytes:
    body: dict[str, Any] = command_for(selection, stake="1.00").model_dump(mode="json") | changes
    if odds is not None:
        body["legs"][0]["odds"] = odds
    return json.dumps(body, separators=(",", ":")).encode()


def make_body() -> bytes:
    """A single on a match made for it."""
    return body_of(selection_of(make_priced_event(), "1x2", "home"))


def with_legs(home: Selection, *legs: tuple[str, str], **changes: Any) -> bytes:
    return body_of(home, legs=[{"selection_id": name, "odds": odds} for name, odds in legs], **changes)


def related(home: Selection, draw: Selection) -> bytes:
    assert home.odds_milli is not None and draw.odds_milli is not None
    pairs = [(str(each.id), format_milli(each.odds_milli)) for each in (home, draw) if each.odds_milli]
    return with_legs(home, *pairs, bet_type="accumulator")


def spaced(body: bytes) -> bytes:
    content = json.loads(body)
    return b"\n " + json.dumps(dict(reversed(content.items())), indent=2).encode() + b"\r\n"


@pytest.mark.parametrize("kind", ["good", "bad", "malformed"])
async def test_three_doors_answer_and_write_the_same(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, ada: User, ben: User, cleo: User, kind: str
) -> None:
    settings.BET_DELAY = True
    people = [ada, ben, cleo]
    for person in people:
        fund(person)
    event = make_priced_event()
    home, draw = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "draw")
    live = selection_of(make_live_priced_event(), "1x2", "home")
    cases = {"good": good_cases(home, live), "bad": bad_cases(home, draw), "malformed": bad_bodies(home)}[kind]
    if kind == "bad":
        for person in people:
            for number in range(2):
                bet(person, home, "480.00", key=f"before {number}")
    at_first, risks = [rows_of(person) for person in people], count_risks()

    async with open_doors(monkeypatch) as doors:
        keys = [session_key_of(person) for person in people]
        for case in cases:
            await answer_alike(doors, case, people, keys)
            after = [rows_of(person) for person in people]
            assert after[0] == after[1], case.name
            assert after[0] == after[2] or not case.is_frame, case.name

    assert doors.passed_on == 0
    if kind != "good":
        assert [rows_of(person) for person in people] == at_first
        assert count_risks() == risks
    else:
        written = rows_of(ada)
        assert len(written["slips"]) == 6
        assert written["funds"] == (at_first[0]["funds"][0] - 600, 100)


async def answer_alike(doors: Doors, case: Case, people: list[User], keys: list[str]) -> None:
    """One case by each of three people through a door of their own."""
    by_django = await doors.by_django(request(keys[0], case.body, case.key), case.body)
    by_route = await doors.by_route(request(keys[1], case.body, case.key), case.body)

    assert (by_django.status, by_django.code) == (case.status, case.code), case.name
    assert by_route.status == by_django.status, case.name
    assert plain(by_route.read()) == plain(by_django.read()), case.name
    assert unlike_headers(by_route.headers) == unlike_headers(by_django.headers), case.name
    assert len(by_route.body) == int(by_route.headers[b"content-length"])
    if case.pointer is not None:
        assert case.pointer in [error["pointer"] for error in by_route.read()["errors"]], case.name
    if case.is_frame:
        by_socket = await doors.by_socket(people[2], case.body, case.key)
        assert plain(by_socket) == plain(by_django.read()), case.name


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """Less what names one slip, or the place in a text that a frame has around it."""
    known = {name: value for name, value in content.items() if name not in {"id", "placed_at", "due_at"}}
    if known.get("code") == "malformed_json":
        del known["detail"]
    return known


def unlike_headers(headers: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Less what differs from answer to answer."""
    return {name: value for name, value in headers.items() if name not in {b"x-request-id", b"content-length"}}


async def test_one_key_is_one_slip_through_any_door(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    fund(ada)
    body = body_of(selection_of(make_priced_event(), "1x2", "home"))
    async with open_doors(monkeypatch) as doors:
        scope = request(session_key_of(ada), body)
        first = (await doors.by_route(scope, body)).read()
        again = (await doors.by_django(scope, body)).read()
        once_more = await doors.by_socket(ada, body, "one")
        last = (await doors.by_route(scope, body)).read()

    assert again == once_more == last == first
    assert len(rows_of(ada)["slips"]) == 1
