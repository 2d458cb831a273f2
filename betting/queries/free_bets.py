"""Free bets as their owner sees them."""

from uuid import UUID

from betting.models import FreeBet
from betting.schemas.free_bets import FreeBetReply
from project.kit import clock
from project.kit.money import format_minor

FREE_BETS_SHOWN = 50


def shape_free_bet(free_bet: FreeBet) -> FreeBetReply:
    """One token."""
    return FreeBetReply(
        id=free_bet.id,
        amount=format_minor(free_bet.amount_minor, free_bet.currency),
        currency=free_bet.currency,
        status=free_bet.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        reason=free_bet.reason,
        granted_at=free_bet.granted_at,
        expires_at=free_bet.expires_at,
    )


def list_free_bets(user_id: UUID) -> list[FreeBetReply]:
    """The tokens a person can use now, those that end first first."""
    usable = FreeBet.objects.filter(user_id=user_id, status="available", expires_at__gt=clock.now())
    return [shape_free_bet(one) for one in usable.order_by("expires_at", "id")[:FREE_BETS_SHOWN]]
