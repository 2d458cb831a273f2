"""Facts about money that higher apps act on."""

from typing import Literal
from uuid import UUID

from project.kit.events import DomainEvent


class WithdrawalEnded(DomainEvent):
    """The staff brought a withdrawal to an end. One that was paid can end once more, when the money comes back."""

    type: Literal["payments.withdrawal_ended"] = "payments.withdrawal_ended"
    withdrawal_id: UUID
    status: Literal["paid", "rejected", "failed"]
