"""Transactions in two round trips: what travels, what stands, and what is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from project.kit.short_transactions import short_transaction
from tests.waiting import wait_until

READ = "SELECT %s::int"
WRITE = "INSERT INTO kit_stream (name, epoch, seq) VALUES (%s, 'e', 1)"
COUNT = "SELECT count(*) FROM kit_stream WHERE name LIKE 'short:%'"


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@contextmanager
def what_travels() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        sent.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield sent


@pytest.mark.django_db(transaction=True)
def test_two_statements_are_two_round_trips() -> None:
    with what_travels() as sent, short_transaction() as short:
        assert short.fetch_first(READ, [7]) == (7,)
        short.execute_last(WRITE, ["short:1"])

    assert sent == [f"BEGIN; {READ}", f"{WRITE}; COMMIT"]
    # Django's connection is in nobody's transaction, so nothing was sent beside these.
    assert connection.connection.autocommit
    assert connection.connection.info.transaction_status == 0
    connection.close()  # another session sees what stands
    assert ask(COUNT) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_only_read_is_rolled_back_and_holds_no_locks() -> None:
    with what_travels() as sent, short_transaction() as short:
        short.fetch_first("SELECT 1 FROM (SELECT pg_advisory_xact_lock(%s)) AS locked", [42])
        assert ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42") == 1

    assert sent[-1] == "ROLLBACK"
    assert ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42") == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", ["before the last", "in the last", "in the commit"])
def test_a_failure_leaves_nothing_behind(fails: str) -> None:
    with connection.cursor() as cursor:
        # Refused when it commits and no sooner.
        cursor.execute("CREATE TABLE short_parent (id int PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE short_child (id int REFERENCES short_parent DEFERRABLE INITIALLY DEFERRED, name text)"
        )
    insert = f"WITH child AS (INSERT INTO short_child VALUES ({1 if fails == 'in the commit' else 'NULL'})) {WRITE}"
    try:
        with pytest.raises((DatabaseError, ZeroDivisionError)), short_transaction() as short:
            short.fetch_first(READ, [1])
            if fails == "before the last":
                raise ZeroDivisionError
            short.execute_last(insert, ["short:2" if fails == "in the commit" else None])

        assert connection.connection.info.transaction_status == 0
        assert ask(COUNT) == 0
        assert ask("SELECT count(*) FROM short_child") == 0
        with short_transaction() as short:
            short.fetch_first(READ, [1])
            short.execute_last(insert.replace("(1)", "(NULL)"), ["short:3"])
        assert (ask(COUNT), ask("SELECT count(*) FROM short_child")) == (1, 1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE short_child, short_parent")


def end_session(process_id: int) -> None:
    """From outside, and until it has gone."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process_id])
        wait_until(lambda: not _is_there(cursor, process_id))
    other.close()


def _is_there(cursor: Any, process_id: int) -> bool:
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [process_id])
    return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_while_nobody_used_it_is_replaced_unnoticed() -> None:
    gone = ask("SELECT pg_backend_pid()")
    end_session(gone)

    with short_transaction() as short:
        [own] = short.fetch_first("SELECT pg_backend_pid()", [])
        short.execute_last(WRITE, ["short:4"])

    assert own != gone
    assert ask(COUNT) == 1


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_in_the_middle_fails_and_the_next_is_another() -> None:
    def cut_off() -> None:
        with short_transaction() as short:
            [own] = short.fetch_first("SELECT pg_backend_pid()", [])
            end_session(own)
            short.execute_last(WRITE, ["short:5"])

    with pytest.raises(OperationalError):
        cut_off()

    assert ask(COUNT) == 0
    with short_transaction() as short:
        short.fetch_first(READ, [1])
        short.execute_last(WRITE, ["short:6"])
    assert ask(COUNT) == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_away_is_called_once_not_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def refuse(wrapper: object, parameters: object) -> None:
        calls.append(wrapper)
        raise OperationalError("the server is away")

    def try_it() -> None:
        with short_transaction() as short:
            short.fetch_first(READ, [1])

    end_session(ask("SELECT pg_backend_pid()"))
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.get_new_connection", refuse)

    for number in (1, 2):  # with a session that has ended, and with none
        with pytest.raises(OperationalError):
            try_it()
        assert len(calls) == number


@pytest.mark.django_db(transaction=True)
def test_a_first_statement_that_fails_is_not_repeated() -> None:
    with what_travels() as sent, pytest.raises(DatabaseError), short_transaction() as short:
        short.fetch_first("SELECT 1 / %s", [0])

    assert sent == ["BEGIN; SELECT 1 / %s", "ROLLBACK"]


@pytest.mark.django_db
def test_in_a_test_s_transaction_it_is_a_part_of_it() -> None:
    with what_travels() as sent, short_transaction() as short:
        short.fetch_first(READ, [1])
        short.execute_last(WRITE, ["short:7"])

    assert [sql for sql in sent if "SAVEPOINT" not in sql] == [READ, WRITE]
    assert ask(COUNT) == 1


@pytest.mark.django_db(transaction=True)
def test_within_another_transaction_it_is_refused() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), short_transaction():
        pass
