"""What people are told when something happened below: a slip was settled, a message came while they were away."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from accounts.queries.people import describe_people
from betting.events import PersonPayout, PoolSettled, SlipCashedOut, SlipsSettled
from betting.models import BetSlip, BettingPool
from betting.queries.slips import describe_slips
from betting.schemas.slips import SlipReply
from community.events import MessageSent
from community.models import Membership
from payments.events import WithdrawalEnded
from payments.models import Withdrawal
from payments.queries.withdrawals import list_by_ids
from project.kit.money import format_minor
from project.kit.reactions import reaction
from realtime.actions.notifications import Tidings, notify
from realtime.core.wording import LegWords, word_messages, word_pool, word_settlement, word_withdrawal
from realtime.presence import is_present


@reaction(SlipsSettled, name="realtime.tell_of_settled_slips")
def tell_of_settled_slips(events: Sequence[SlipsSettled]) -> None:
    """Everyone hears what became of their slip, connected or not; that it is open again, too."""
    owners = {slip_id: person.user_id for event in events for person in event.people for slip_id in person.slip_ids}
    replies = describe_slips(owners)
    numbers = dict(BetSlip.objects.filter(id__in=owners).values_list("id", "settlement_no"))
    notify(
        [
            _tidings_of_slip(owners[slip_id], slip, numbers[slip_id])
            for slip_id, slip in sorted(replies.items())
            if slip.settled_at is not None or (slip.status == "accepted" and numbers[slip_id] > 0)
        ]
    )


@reaction(PoolSettled, name="realtime.tell_of_settled_pools")
def tell_of_settled_pools(events: Sequence[PoolSettled]) -> None:
    """Everyone with a ticket hears what the pool came to, once for each settlement."""
    pools = {pool.id: pool for pool in BettingPool.objects.filter(id__in={event.pool_id for event in events})}
    notify([_tidings_of_pool(event, pools[event.pool_id], person) for event in events for person in event.people])


@reaction(SlipCashedOut, name="realtime.tell_of_automatic_cash_outs")
def tell_of_automatic_cash_outs(events: Sequence[SlipCashedOut]) -> None:
    """Whoever set a target hears that it was reached; whoever pressed the button knows."""
    automatic = {event.slip_id: event for event in events if event.kind == "automatic"}
    replies = describe_slips(automatic)
    notify(
        [
            _tidings_of_cash_out(automatic[slip_id].user_id, slip, automatic[slip_id].cash_out_id)
            for slip_id, slip in sorted(replies.items())
        ]
    )


@reaction(WithdrawalEnded, name="realtime.tell_of_ended_withdrawals")
def tell_of_ended_withdrawals(events: Sequence[WithdrawalEnded]) -> None:
    """Whoever asked for funds hears what the staff made of it, once for each end."""
    withdrawals = list_by_ids(event.withdrawal_id for event in events)
    notify([_tidings_of_withdrawal(event.status, withdrawals[event.withdrawal_id]) for event in events])


@reaction(MessageSent, name="realtime.tell_absent_of_messages")
def tell_absent_of_messages(events: Sequence[MessageSent]) -> None:
    """Whoever has no open socket gets one notification per conversation, until it is read."""
    newest = {(recipient_id, event.conversation_id): event for event in events for recipient_id in event.recipient_ids}
    absent = {user_id for user_id in {key[0] for key in newest} if not is_present(user_id)}
    unread = _count_unread_messages(newest.keys(), absent)
    people = describe_people(event.sender_id for event in newest.values())
    tidings = []
    for (recipient_id, conversation_id), count in sorted(unread.items()):
        event = newest[recipient_id, conversation_id]
        sender = people[event.sender_id]
        words = word_messages(sender=sender.display_name, count=count)
        tidings.append(
            Tidings(
                user_id=recipient_id,
                kind="message_received",
                source_key=f"message:{event.message_id}",
                title=words.title,
                message=words.message,
                link=f"/messages/{conversation_id}",
                data={
                    "conversation_id": str(conversation_id),
                    "message_id": str(event.message_id),
                    "sender": sender.to_json(),
                    "count": count,
                },
                conversation_id=conversation_id,
            )
        )
    notify(tidings)


def _count_unread_messages(wanted: Iterable[tuple[UUID, UUID]], absent: set[UUID]) -> dict[tuple[UUID, UUID], int]:
    """Unread messages by (person, conversation) for the absent; what was read meanwhile is left out."""
    pairs = {pair for pair in wanted if pair[0] in absent}
    rows = Membership.objects.filter(
        user_id__in={pair[0] for pair in pairs}, conversation_id__in={pair[1] for pair in pairs}, unread__gt=0
    ).values_list("user_id", "conversation_id", "unread")
    return {
        (user_id, conversation): unread for user_id, conversation, unread in rows if (user_id, conversation) in pairs
    }


def _tidings_of_pool(event: PoolSettled, pool: BettingPool, person: PersonPayout) -> Tidings:
    stake = format_minor(person.stake_minor, pool.currency)
    payout = format_minor(person.payout_minor, pool.currency)
    words = word_pool(
        name=pool.name,
        stake=stake,
        payout=payout,
        is_paid=person.payout_minor > 0,
        is_cancelled=event.is_cancelled,
        is_correction=event.settlement_no > 1,
    )
    return Tidings(
        user_id=person.user_id,
        kind="pool_settled",
        source_key=f"pool:{pool.id}:{event.settlement_no}",
        title=words.title,
        message=words.message,
        link=f"/pools/{pool.id}",
        data={"pool_id": str(pool.id), "payout": payout, "stake": stake, "currency": pool.currency},
    )


def _tidings_of_withdrawal(status: str, withdrawal: Withdrawal) -> Tidings:
    """Of the end that is told: the withdrawal may have come further meanwhile, from paid to failed."""
    currency = withdrawal.wallet.currency
    amount = format_minor(withdrawal.amount_minor, currency)
    words = word_withdrawal(
        status=status,
        amount=f"{amount} {currency}",
        explanation=withdrawal.failure if status == "failed" else withdrawal.reason,
        reference=withdrawal.payout_reference,
        was_paid=withdrawal.paid_at is not None,
    )
    return Tidings(
        user_id=withdrawal.user_id,
        kind="withdrawal_ended",
        source_key=f"withdrawal:{withdrawal.id}:{status}",
        title=words.title,
        message=words.message,
        link="/wallet",
        data={"withdrawal_id": str(withdrawal.id), "status": status, "amount": amount, "currency": currency},
    )


def _tidings_of_cash_out(user_id: UUID, slip: SlipReply, cash_out_id: UUID) -> Tidings:
    return _tidings_of_end(
        user_id, slip, status="cashed_out", payout=str(slip.cashed_out), source_key=f"cash_out:{cash_out_id}"
    )


def _tidings_of_slip(user_id: UUID, slip: SlipReply, settlement_no: int) -> Tidings:
    return _tidings_of_end(
        user_id,
        slip,
        status=slip.status,
        payout=str(slip.payout or "0.00"),
        source_key=f"slip:{slip.id}:{settlement_no}",
        is_correction=settlement_no > 1,
    )


def _tidings_of_end(
    user_id: UUID, slip: SlipReply, *, status: str, payout: str, source_key: str, is_correction: bool = False
) -> Tidings:
    words = word_settlement(
        status=status, payout=payout, stake=str(slip.stake), legs=_legs_of(slip), is_correction=is_correction
    )
    return Tidings(
        user_id=user_id,
        kind="slip_settled",
        source_key=source_key,
        title=words.title,
        message=words.message,
        link=f"/bets/{slip.id}",
        data={
            "slip_id": str(slip.id),
            "event_id": None if slip.event_id is None else str(slip.event_id),
            "status": status,
            "payout": payout,
            "currency": slip.currency,
            "odds": str(slip.legs[0].odds),  # as the message has it, for readers who want prices in another format
        },
    )


def _legs_of(slip: SlipReply) -> list[LegWords]:
    return [LegWords(leg.selection_name, str(leg.odds), leg.event_name) for leg in slip.legs]
