"""A transaction in two round trips: its BEGIN travels with the first statement, its COMMIT with the last.

Django sends both by themselves. On a busy machine each trip puts whoever waits for it to sleep and wakes it again,
which costs more than such a statement does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction


class FetchOne(Protocol):
    """Executes a statement and answers its first row."""

    def __call__(self, statement: str, parameters: Sequence[Any]) -> tuple[Any, ...]: ...


class Execute(Protocol):
    """Executes a statement that answers nothing."""

    def __call__(self, statement: str, parameters: Sequence[Any]) -> None: ...


def fetch_one(statement: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """The first row of a statement in whatever transaction there is."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


class ShortTransaction:
    """A first statement that reads and locks, and a last one that writes."""

    def __init__(self, *, begin: str, commit: str) -> None:
        self._begin = begin
        self._commit = commit
        self._is_open = False

    def fetch_first(self, statement: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
        """The first row of the statement that the transaction begins with. Where the session turns out to have ended
        since it was last used, and with it whatever the statement did, a new one is asked instead."""
        self._is_open = True
        try:
            return fetch_one(self._begin + statement, parameters)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or not _has_ended():
                raise
            connection.close()
            return fetch_one(self._begin + statement, parameters)

    def execute_last(self, statement: str, parameters: Sequence[Any]) -> None:
        """The statement that the transaction ends with; what it did stands when this returns."""
        with connection.cursor() as cursor:
            cursor.execute(statement + self._commit, parameters)
        self._is_open = False

    def give_up(self) -> None:
        """Roll back what was begun and not committed. Without a session nothing of it is left, and none is opened."""
        if not self._is_open or connection.connection is None:
            return
        self._is_open = False
        try:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        except (DatabaseError, InterfaceError):
            connection.close()  # its transaction, if the server still has one, ends with it


def _has_ended() -> bool:
    session = connection.connection
    return session is not None and session.closed != 0


@contextmanager
def short_transaction() -> Iterator[ShortTransaction]:
    """What is not committed by `execute_last` within the block is rolled back at its end, whatever the reason.

    The connection is used for nothing else meanwhile: Django does not know of the transaction, and would run what
    waits for its commit at once. A test's own transaction is used as it is, as by `atomic(durable=True)`.
    """
    if connection.in_atomic_block:
        with transaction.atomic(durable=True):
            yield ShortTransaction(begin="", commit="")
        return
    short = ShortTransaction(begin="BEGIN; ", commit="; COMMIT")
    try:
        yield short
    finally:
        short.give_up()
