"""A few threads with persistent database connections, between the event loop and PostgreSQL."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections
from redis.exceptions import RedisError

from project.kit.errors import TemporarilyUnavailable

READ_THREADS: Final = 4  # each holds one connection; images are short reads
CALL_THREADS: Final = 4  # commands wait for locks, so they must not hold up images
WAITING_MAX: Final = 500  # jobs that may wait; past this the server says so at once instead of late

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class DatabaseThreads:
    """Runs functions that use the ORM. A server that is away becomes TemporarilyUnavailable."""

    def __init__(self, *, threads: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._waiting = 0

    async def run(
        self, function: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """The function's result. Raises what it raises, or TemporarilyUnavailable."""
        if self._waiting >= WAITING_MAX:
            raise TemporarilyUnavailable("The server is busy")
        self._waiting += 1
        try:
            job = functools.partial(_run_with_connection, functools.partial(function, *args, **kwargs))
            return await asyncio.get_running_loop().run_in_executor(self._executor, job)
        except (OperationalError, InterfaceError, RedisError) as error:
            raise TemporarilyUnavailable from error
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let running jobs end and start no more."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _run_with_connection(job: Callable[[], Result]) -> Result:
    # What a request's signals do for a view: drop a connection that is too old or broken, keep a good one.
    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()
