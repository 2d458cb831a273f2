"""The few commands a socket may call: the same handlers, schemas, errors and idempotency as over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

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


@dataclass(frozen=True)
class Call:
    """One callable command. `handle` takes (caller, command) or, where a key is needed, (caller, command, key).

    `submit` does the same from the event loop, for a command whose kind travels in batches.
    """

    name: str
    command: type[Command]
    reply: type[Reply]
    handle: Callable[..., BaseModel]
    needs_key: bool
    submit: Callable[..., Awaitable[Placed]] | None = None


CALLS: Final = {
    call.name: call
    for call in (
        Call("place_slip", PlaceSlipCommand, SlipReply, slips.place_slip, needs_key=True, submit=placement.submit),
        Call("cash_out", CashOutCommand, CashOutReply, cash_outs.take_cash_out, needs_key=True),
        Call("send_message", SendMessageCommand, MessageReply, messages.send_message, needs_key=True),
        Call("mark_read", MarkReadCommand, UnreadReply, messages.mark_read, needs_key=False),
    )
}


async def answer_call(
    threads: DatabaseThreads, caller: Caller, name: str, key: str | None, arguments: dict[str, Any]
) -> str:
    """The handler's reply as JSON text. Raises AppError. What travels in batches goes from here, else by thread."""
    call = CALLS.get(name)
    if call is None:
        raise UnknownCall
    if call.submit is None:
        return await threads.run(run_call, caller, call, key, arguments)
    placed = await call.submit(caller, _read_command(call, arguments), check_key(key))
    return placed.reply


def run_call(caller: Caller, call: Call, key: str | None, arguments: dict[str, Any]) -> str:
    """The same in a thread that may use the database."""
    command = _read_command(call, arguments)
    reply = call.handle(caller, command, check_key(key)) if call.needs_key else call.handle(caller, command)
    return reply.model_dump_json(by_alias=True)


def _read_command(call: Call, arguments: dict[str, Any]) -> Command:
    try:
        return call.command.model_validate(arguments)
    except ValidationError as error:
        raise ValidationFailed(errors=field_errors(error.errors())) from error
