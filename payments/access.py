"""The only way from an id to something of a person's money that the caller may touch."""

from uuid import UUID

from payments.models import Withdrawal
from project.kit.callers import Caller, require_user
from project.kit.errors import NotFound


def get_own_withdrawal(caller: Caller, withdrawal_id: UUID) -> Withdrawal:
    """The caller's own withdrawal. Raises NotAuthenticated, or NotFound for another person's too."""
    withdrawal = Withdrawal.objects.filter(id=withdrawal_id, user_id=require_user(caller)).first()
    if withdrawal is None:
        raise NotFound("No such withdrawal")
    return withdrawal
