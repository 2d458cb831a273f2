"""The few commands a socket may call: the same handlers, schemas, errors and idempotency as over HTTP."""

from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from betting import placement
from betting.actions.place_slip import Placed
from betting.api import cash_outs, slips
from betting.schemas.cash_outs import CashOutCommand, CashOutReply
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from community.api import messages
from community.schemas import MarkReadCommand, MessageReply, SendMessageCommand, UnreadReply
from project.kit.callers import Caller
from project.kit.errors import ValidationFailed
from project.kit.idempotency import check_key
from project.kit.problems import field_errors
from project.kit.schemas import Command, Reply
from realtime.errors import UnknownCall
from realtime.hub.database import DatabaseThreads

AnyCommand = TypeVar("AnyCommand", bound=Command)


@dataclass(frozen=True)
class Call:
    """One callable command. `handle` takes (caller, command) or, where a key is needed, (caller, command, key).

    `begin` does the same from the event loop, for a command whose kind travels in batches.
    """

    name: str
    command: type[Command]
    reply: type[Reply]
    handle: Callable[..., BaseModel]
    needs_key: bool
    begin: "Callable[..., Future[Placed]] | None" = None


CALLS: Final = {
    call.name: call
    for call in (
        Call("place_slip", PlaceSlipCommand, SlipReply, slips.place_slip, needs_key=True, begin=placement.begin),
        Call("cash_out", CashOutCommand, CashOutReply, cash_outs.take_cash_out, needs_key=True),
        Call("send_message", SendMessageCommand, MessageReply, messages.send_message, needs_key=True),
        Call("mark_read", MarkReadCommand, UnreadReply, messages.mark_read, needs_key=False),
    )
}


def begin_call(caller: Caller, name: str, key: str | None, arguments: dict[str, Any]) -> "Future[Placed] | None":
    """The answer to a command that travels in batches, on its way; None where each goes by itself. Raises AppError."""
    call = CALLS.get(name)
    if call is None:
        raise UnknownCall
    if call.begin is None:
        return None
    return call.begin(caller, read_command(call.command, arguments), check_key(key))


async def answer_call(
    threads: DatabaseThreads, caller: Caller, name: str, key: str | None, arguments: dict[str, Any]
) -> str:
    """The reply to a command that goes by itself, as JSON text, from a thread. Raises AppError."""
    return await threads.run(run_call, caller, CALLS[name], key, arguments)


def run_call(caller: Caller, call: Call, key: str | None, arguments: dict[str, Any]) -> str:
    """The same in a thread that may use the database."""
    command = read_command(call.command, arguments)
    reply = call.handle(caller, command, check_key(key)) if call.needs_key else call.handle(caller, command)
    return reply.model_dump_json(by_alias=True)


def read_command(command: type[AnyCommand], arguments: dict[str, Any]) -> AnyCommand:
    """The command that a client sent. Raises ValidationFailed."""
    try:
        return command.model_validate(arguments)
    except ValidationError as error:
        raise ValidationFailed(errors=field_errors(error.errors())) from error
