"""Writes slips of every type into the tables, with their stakes in the books, for tests of settlement alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from betting.core.bet_types import lines_of
from betting.models import BetLeg, BetSlip, FreeBet, FreeBetStatus, Selection
from payments.actions import ledger
from payments.core.postings import HouseAccount, TransferDraft
from payments.queries.accounts import house_account_id
from payments.queries.wallets import get_wallet
from project.kit import clock
from project.kit.ids import new_id

POTENTIAL_MAX = 9 * 10**18  # what these slips may pay; the promise itself is for the tests of placement


@dataclass(frozen=True)
class Pick:
    """One leg to write."""

    selection: Selection
    odds_milli: int
    is_banker: bool = False


def write_slip(
    user: User,
    picks: Sequence[Pick],
    *,
    bet_type: str = "single",
    stake_minor: int = 1_000,
    sizes: Sequence[int] | None = None,
    is_each_way: bool = False,
    is_free_bet: bool = False,
    payout_minor_max: int | None = None,
    placed_at: datetime | None = None,
) -> BetSlip:
    """An accepted slip with its legs; its stake has moved from the wallet, or from promotions, to open stakes."""
    lines = lines_of(
        bet_type,
        leg_count=len(picks),
        banker_count=sum(pick.is_banker for pick in picks),
        sizes=sizes,
        is_each_way=is_each_way,
    )
    now = placed_at or clock.now()
    slip = BetSlip.objects.create(
        user=user,
        event_id=picks[0].selection.market.event_id if len(picks) == 1 else None,
        bet_type=bet_type,
        line_sizes=list(lines.sizes),
        line_count=lines.count,
        is_each_way=is_each_way,
        currency="PLY",
        stake_minor=stake_minor,
        remaining_stake_minor=stake_minor,
        free_bet=_write_token(user, stake_minor) if is_free_bet else None,
        potential_win_minor=POTENTIAL_MAX,
        payout_minor_max=payout_minor_max,
        status="accepted",
        price_policy="none",
        match_state={},
        placed_at=now,
        accepted_at=now,
    )
    BetLeg.objects.bulk_create(
        BetLeg(
            slip=slip,
            position=position,
            event_id=pick.selection.market.event_id,
            market_id=pick.selection.market_id,
            selection=pick.selection,
            user=user,
            seen_odds_milli=pick.odds_milli,
            odds_milli=pick.odds_milli,
            is_banker=pick.is_banker,
        )
        for position, pick in enumerate(picks, start=1)
    )
    _move_stake(slip)
    return slip


def _write_token(user: User, amount_minor: int) -> FreeBet:
    return FreeBet.objects.create(
        user=user,
        currency="PLY",
        amount_minor=amount_minor,
        status=FreeBetStatus.USED,
        reason="Test",
        grant_key=str(new_id()),
        granted_at=clock.now(),
        expires_at=clock.now(),
    )


def _move_stake(slip: BetSlip) -> None:
    from_account: UUID = (
        get_wallet(slip.user_id, slip.currency).account_id
        if slip.free_bet_id is None
        else house_account_id(HouseAccount.PROMO, slip.currency)
    )
    ledger.post(
        [
            TransferDraft(
                kind="stake",
                ref=str(slip.id),
                debit_account_id=from_account,
                credit_account_id=house_account_id(HouseAccount.OPEN_STAKES, slip.currency),
                amount_minor=slip.stake_minor,
                ref_kind="slip",
                ref_id=slip.id,
            )
        ]
    )
