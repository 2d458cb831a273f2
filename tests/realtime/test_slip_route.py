"""The route before Django: what it answers, what it leaves to Django, and when it trusts what it knows no more."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client as Browser

from accounts import middleware
from accounts.actions.people import suspend_person
from accounts.actions.sessions import change_password
from accounts.models import User
from accounts.queries.sessions import find_callers
from betting import placement
from betting.actions.place_slip import place_batch
from betting.models import BetSlip
from project.kit import bus
from project.kit.callers import Caller
from project.kit.ids import new_id
from realtime.hub.known_callers import KNOWN_FOR_S
from tests.betting.desk import fund
from tests.people import make_person
from tests.realtime.doors import TOKEN, Doors, open_doors, request, rows_of
from tests.realtime.processes import session_key_of
from tests.realtime.test_slip_doors import make_body, unlike_headers

Changes = dict[bytes, bytes | None]


def with_session(session_key: str, *more: str, token: str = TOKEN) -> bytes:
    return "; ".join([f"sessionid={session_key}", f"csrftoken={token}", *more]).encode()


LEFT: dict[str, tuple[Changes, int, str]] = {
    "no cookie": ({b"cookie": None}, 401, "not_authenticated"),
    "a cookie of nobody's": ({b"cookie": with_session("x" * 32)}, 401, "not_authenticated"),
    "a token of nobody's": ({b"x-session-token": b"x" * 32}, 401, "session_expired"),
    "no proof": ({b"x-csrftoken": None}, 403, "csrf_failed"),
    "a wrong proof": ({b"x-csrftoken": b"x" * 32}, 403, "csrf_failed"),
    "a short proof": ({b"x-csrftoken": b"x"}, 403, "csrf_failed"),
    "another site's page": ({b"origin": b"http://elsewhere.example"}, 403, "csrf_failed"),
    "a page without a name": ({b"origin": b"null"}, 403, "csrf_failed"),
    "another host": ({b"host": b"elsewhere.example"}, 400, "bad_request"),
    "a form": ({b"content-type": b"application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
    "no type": ({b"content-type": None}, 415, "unsupported_media_type"),
    "too large": ({b"content-length": b"262145"}, 413, "body_too_large"),
    "a length that is none": ({b"content-length": b"-1"}, 400, "bad_request"),
}


async def test_what_is_unusual_before_the_body_is_django_s_to_answer(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    fund(ada)
    before = rows_of(ada)
    body = make_body()
    async with open_doors(monkeypatch) as doors:
        key = session_key_of(ada)
        for name, (changes, status, code) in LEFT.items():
            doors.passed_on = 0
            scope = request(key, body, changes=changes)
            by_route, by_django = await doors.by_route(scope, body), await doors.by_django(scope, body)
            assert (by_route.status, by_route.code) == (status, code), name
            assert by_route.read() == by_django.read(), name
            assert by_route.headers.keys() == by_django.headers.keys(), name
            assert doors.passed_on == 1, name

    assert rows_of(ada) == before


async def test_an_empty_body_is_malformed(transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User) -> None:
    async with open_doors(monkeypatch) as doors:
        answer = await doors.by_route(request(session_key_of(ada), b"", "one"), b"")

    assert (answer.status, answer.code, doors.passed_on) == (400, "malformed_json", 1)


TAKEN: dict[str, tuple[Changes, int]] = {
    "as our page sends it": ({}, 0),
    "an upper-case type with its charset": ({b"content-type": b"Application/JSON; charset=UTF-8"}, 0),
    "other cookies": ({b"cookie": b"a=1; messages=x; lang"}, 0),
    "no origin": ({b"origin": None}, 0),
    "chunked": ({b"content-length": None, b"transfer-encoding": b"chunked"}, 1),
    "another header twice": ({b"accept": b"*/*", b"Accept": b"*/*"}, 0),
    "a charset of another spelling": ({b"content-type": b'application/json; charset="utf-8"'}, 1),
}


async def test_what_stands_is_placed_whoever_answers(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    fund(ada)
    body = make_body()
    async with open_doors(monkeypatch) as doors:
        key = session_key_of(ada)
        for number, (name, (changes, passed_on)) in enumerate(TAKEN.items()):
            doors.passed_on = 0
            more = changes.get(b"cookie")
            cookie = {} if more is None else {b"cookie": with_session(key, more.decode())}
            answer = await doors.by_route(
                request(key, body, f"{number}", changes={**changes, **cookie}), body[:20], body[20:]
            )
            assert (answer.status, doors.passed_on) == (201, passed_on), name

    assert len(rows_of(ada)["slips"]) == len(TAKEN)


async def test_a_token_sent_on_purpose_needs_no_proof(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User, ben: User
) -> None:
    fund(ada)
    fund(ben)
    body = make_body()
    changes: Changes = {b"origin": None, b"x-csrftoken": None, b"x-session-token": session_key_of(ada).encode()}
    async with open_doors(monkeypatch) as doors:
        scope = request(session_key_of(ben), body, changes=changes)
        by_route, by_django = await doors.by_route(scope, body), await doors.by_django(scope, body)

    assert by_route.status == 201
    assert by_route.read() == by_django.read()
    assert unlike_headers(by_route.headers) == unlike_headers(by_django.headers)
    assert doors.passed_on == 0
    assert (len(rows_of(ada)["slips"]), rows_of(ben)["slips"]) == (1, [])


async def test_a_masked_proof_is_taken(transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User) -> None:
    fund(ada)
    body = make_body()
    shown = HttpRequest()
    shown.META["CSRF_COOKIE"] = TOKEN
    masked = get_token(shown)
    async with open_doors(monkeypatch) as doors:
        key = session_key_of(ada)
        same = {b"cookie": with_session(key, token=masked), b"x-csrftoken": masked.encode()}
        assert (await doors.by_route(request(key, body, "1", changes=same), body)).status == 201
        other = {b"x-csrftoken": masked.encode()}
        assert (await doors.by_route(request(key, body, "2", changes=other), body)).status == 201

    assert doors.passed_on == 1


async def test_under_https_a_page_has_to_name_itself(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, ada: User
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    settings.CSRF_TRUSTED_ORIGINS = []
    # One that has read no setting yet: the process keeps what the first request found.
    monkeypatch.setattr(middleware, "_proof", middleware._CsrfProof(lambda request: HttpResponse()))
    fund(ada)
    body = make_body()
    seen = []
    async with open_doors(monkeypatch) as doors:
        key = session_key_of(ada)
        for scheme in (None, b"https"):
            for origin in (None, b"https://testserver", b"http://testserver"):
                changes = {b"x-forwarded-proto": scheme, b"origin": origin}
                answer = await doors.by_route(request(key, body, changes=changes), body)
                seen.append((answer.status, answer.status == 201 and b"strict-transport-security" in answer.headers))

    assert seen == [(201, False), (403, False), (201, False), (403, False), (201, True), (403, False)]


async def hear_orders(doors: Doors) -> None:
    """All orders given so far have come: Redis confirms after it has passed them on."""
    await doors.hub.bus.subscribe(f"test:{new_id()}")


def log_out(user: User, browser: Browser) -> None:
    assert browser.delete("/_allauth/browser/v1/auth/session").status_code == 401


def suspend(user: User, browser: Browser) -> None:
    suspend_person(user_id=user.id, actor_id=make_person("boss", "ADMIN").id, reason="fraud")


def change(user: User, browser: Browser) -> None:
    change_password(user_id=user.id, password="another-long-secret")


@pytest.mark.parametrize("is_heard", [True, False], ids=["heard", "control"])
async def test_an_ended_session_places_nothing_more(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User, ben: User, cleo: User, is_heard: bool
) -> None:
    """The control does not hear the order: what is known alone lets the slip through, up to the transaction, which
    takes none of a suspended person."""
    body = make_body()
    async with open_doors(monkeypatch) as doors:
        if not is_heard:
            monkeypatch.setattr(doors.hub.callers.known, "forget", lambda user_id, session: None)
        for end, person in ((log_out, ada), (suspend, ben), (change, cleo)):
            fund(person)
            browser = Browser()
            browser.force_login(person)
            key = browser.cookies["sessionid"].value
            doors.passed_on = 0
            assert (await doors.by_route(request(key, body, "before"), body)).status == 201
            before = rows_of(person)
            await asyncio.to_thread(end, person, browser)
            await hear_orders(doors)
            after = await doors.by_route(request(key, body, "after"), body)
            is_taken = not is_heard and end is not suspend
            assert after.status == (401 if is_heard else 201 if is_taken else 403), end.__name__
            assert doors.passed_on == is_heard
            assert (rows_of(person) == before) != is_taken


async def test_another_session_of_the_person_goes_on(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    fund(ada)
    body = make_body()
    ended, other = session_key_of(ada), session_key_of(ada)
    async with open_doors(monkeypatch) as doors:
        for key in (ended, other):
            assert (await doors.by_route(request(key, body), body)).status == 201
        with transaction.atomic():
            bus.close_user_sockets(ada.id, code=4401, session_key=ended)
        await hear_orders(doors)
        known = doors.hub.callers.known
        assert known.find(ended, at=doors.hub.now()) is None
        assert known.find(other, at=doors.hub.now()) is not None


@pytest.mark.parametrize(("is_remembered", "passed_on"), [(True, 1), (False, 0)], ids=["remembered", "control"])
async def test_an_order_that_comes_during_the_look_up_counts(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User, is_remembered: bool, passed_on: int
) -> None:
    """The control forgets the order; then an answer of before it would be taken and kept."""
    fund(ada)
    body = make_body()
    key = session_key_of(ada)
    async with open_doors(monkeypatch) as doors:
        hub = doors.hub

        def find_and_end(session_keys: list[str]) -> dict[str, Caller]:
            found = find_callers(session_keys)
            ended = threading.Event()
            hub._loop.call_soon_threadsafe(hub._close_user, ada.id, "", 4401)
            hub._loop.call_soon_threadsafe(ended.set)
            assert ended.wait(20)
            return found

        monkeypatch.setattr("realtime.hub.known_callers.find_callers", find_and_end)
        if not is_remembered:
            monkeypatch.setattr(hub.cuts, "find_for", lambda caller, since: None)
        await doors.by_route(request(key, body), body)
        is_known = hub.callers.known.find(key, at=hub.now()) is not None

    assert doors.passed_on == passed_on
    assert is_known == (not is_remembered)


async def test_a_session_that_ended_without_a_word_is_known_for_five_seconds(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    from django.contrib.sessions.backends.cached_db import SessionStore

    fund(ada)
    body = make_body()
    key = session_key_of(ada)
    async with open_doors(monkeypatch) as doors:
        now = [doors.hub.now()]
        monkeypatch.setattr(doors.hub.callers, "_now", lambda: now[0])
        await doors.by_route(request(key, body, "0"), body)
        await asyncio.to_thread(SessionStore(key).delete)
        statuses = []
        for number, after_s in enumerate((0.0, KNOWN_FOR_S - 0.01, 0.01), start=1):
            now[0] += after_s
            statuses.append((await doors.by_route(request(key, body, f"{number}"), body)).status)

    assert statuses == [201, 201, 401]
    assert len(rows_of(ada)["slips"]) == 3


async def test_without_redis_nothing_known_is_trusted(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    fund(ada)
    body = make_body()
    key = session_key_of(ada)
    asked: list[list[str]] = []

    def find_and_count(session_keys: list[str]) -> dict[str, Caller]:
        asked.append(session_keys)
        return find_callers(session_keys)

    monkeypatch.setattr("realtime.hub.known_callers.find_callers", find_and_count)
    async with open_doors(monkeypatch) as doors:
        for _ in range(3):
            await doors.by_route(request(key, body), body)
        await doors.hub.bus.stop()
        for _ in range(3):
            assert (await doors.by_route(request(key, body), body)).status == 201

    assert asked == [[key]] * 4


async def test_who_leaves_while_waiting_has_a_slip_and_a_replay_shows_it(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    fund(ada)
    body = make_body()
    may_place, is_placing = threading.Event(), threading.Event()

    def wait_and_place(requests: Any) -> Any:
        is_placing.set()
        assert may_place.wait(20)
        return place_batch(requests)

    monkeypatch.setattr(placement, "place_batch", wait_and_place)
    async with open_doors(monkeypatch) as doors:
        key = session_key_of(ada)
        leaving = asyncio.ensure_future(doors.by_route(request(key, body), body))
        assert await asyncio.to_thread(is_placing.wait, 20)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert BetSlip.objects.count() == 0
        may_place.set()
        again = await doors.by_route(request(key, body), body)

    assert leaving.cancelled()
    assert again.status == 201
    assert [str(slip.id) for slip in BetSlip.objects.all()] == [again.read()["id"]]


async def test_a_bug_is_a_problem_too(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    fund(ada)
    before = rows_of(ada)
    body = make_body()

    async def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(placement, "submit", fail)
    async with open_doors(monkeypatch) as doors:
        answer = await doors.by_route(request(session_key_of(ada), body), body)

    assert (answer.status, answer.code) == (500, "internal_error")
    assert answer.headers[b"content-type"] == b"application/problem+json"
    assert [record.name for record in caplog.records if record.exc_info] == ["project.slip_route"]
    assert rows_of(ada) == before
