"""The one door to placing a slip, for every transport: HTTP, the socket and later the raw route."""

from betting.actions.place_slip import place_slip
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from project.kit.callers import Caller, require_user


def submit(caller: Caller, command: PlaceSlipCommand, key: str) -> SlipReply:
    """Place one slip in one transaction; raises the refusals of the error contract."""
    return place_slip(user_id=require_user(caller), command=command, key=key)
