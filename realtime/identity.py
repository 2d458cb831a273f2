"""Who a socket belongs to: found at hello, renewed by `auth`, checked again every minute."""

from dataclasses import dataclass

from accounts.queries.exclusions import check_not_self_excluded
from accounts.queries.people import describe_people
from accounts.queries.sessions import find_caller
from accounts.schemas import PersonReply
from project.kit.callers import ANONYMOUS, Caller
from project.kit.errors import SessionExpired
from realtime.handshake import Handshake
from realtime.tickets import redeem_ticket


@dataclass(frozen=True)
class Identity:
    """The caller, and the person as the welcome frame shows them."""

    caller: Caller
    person: PersonReply | None


def identify(handshake: Handshake, ticket: str | None) -> Identity:
    """By ticket, else by token, else by cookie, else a visitor.

    Raises TicketInvalid or SessionExpired for what was sent on purpose, and SelfExcluded for who may not listen. A
    stale cookie makes a visitor: the browser sends it whether the page wants it or not.
    """
    if ticket is not None:
        return _identity_of(redeem_ticket(ticket, address=handshake.address))
    if handshake.token is not None:
        caller = find_caller(handshake.token, ip=handshake.address)
        if caller is None:
            raise SessionExpired
        return _identity_of(caller)
    if handshake.cookie_session and handshake.is_from_our_page:
        caller = find_caller(handshake.cookie_session, ip=handshake.address)
        if caller is not None:
            return _identity_of(caller)
    return Identity(Caller(ip=handshake.address) if handshake.address else ANONYMOUS, None)


def find_visitor(handshake: Handshake, ticket: str | None) -> Identity | None:
    """The identity of who sent nothing to prove one by: that asks no database."""
    if ticket is not None or handshake.token is not None or (handshake.cookie_session and handshake.is_from_our_page):
        return None
    return Identity(Caller(ip=handshake.address) if handshake.address else ANONYMOUS, None)


def redeem(ticket: str, *, address: str) -> Identity:
    """The identity a ticket proves. Raises TicketInvalid, SelfExcluded."""
    return _identity_of(redeem_ticket(ticket, address=address))


def _identity_of(caller: Caller) -> Identity:
    assert caller.user_id is not None
    person = describe_people([caller.user_id]).get(caller.user_id)
    if person is None:
        raise SessionExpired
    check_not_self_excluded(caller.user_id)
    return Identity(caller, person)
