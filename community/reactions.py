"""What people earn by what happened: in betting, in pools, in the forum. Each reaction may run twice."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from betting.events import PoolSettled, SlipCashedOut, SlipsSettled
from community.actions.achievements import award
from community.core.achievements import TALKER_REPLIES, AchievementType, earned_by_slip
from community.events import ReplyPosted, ThreadPosted
from community.queries.achievements import count_replies, count_settled_slips, list_pool_winners, read_settled_slips
from project.kit.reactions import reaction

Earnings = defaultdict[UUID, dict[AchievementType, dict[str, Any]]]


@reaction(SlipsSettled, name="community.award_for_slips")
def award_for_slips(events: Sequence[SlipsSettled]) -> None:
    """What settled slips earn; a correction takes nothing away again."""
    _award_for({slip_id for event in events for person in event.people for slip_id in person.slip_ids})


@reaction(SlipCashedOut, name="community.award_for_cash_outs")
def award_for_cash_outs(events: Sequence[SlipCashedOut]) -> None:
    """A slip that was cashed out to the end is settled by that; one that runs on earns nothing yet."""
    _award_for({event.slip_id for event in events})


def _award_for(slip_ids: Collection[UUID]) -> None:
    slips = read_settled_slips(slip_ids)
    counts = count_settled_slips(user_id for user_id, _ in slips.values())
    earned: Earnings = defaultdict(dict)
    for slip_id, (user_id, slip) in sorted(slips.items()):
        for kind in earned_by_slip(slip, settled_slips=counts.get(user_id, 0)):
            earned[user_id].setdefault(kind, {"slip_id": str(slip_id)})
    award(earned)


@reaction(PoolSettled, name="community.award_for_pools")
def award_for_pools(events: Sequence[PoolSettled]) -> None:
    """A ticket on the winner earns it, whatever its owner lost on others. A correction takes nothing away."""
    earned: Earnings = defaultdict(dict)
    for pool_id, user_id in list_pool_winners(event.pool_id for event in events):
        earned[user_id].setdefault("pool_winner", {"pool_id": str(pool_id)})
    award(earned)


@reaction(ThreadPosted, name="community.award_for_threads")
def award_for_threads(events: Sequence[ThreadPosted]) -> None:
    """The first thread of everybody who opened one."""
    award({event.author_id: {"first_thread": {"thread_id": str(event.thread_id)}} for event in events})


@reaction(ReplyPosted, name="community.award_for_replies")
def award_for_replies(events: Sequence[ReplyPosted]) -> None:
    """Enough replies make a talker."""
    counts = count_replies(event.author_id for event in events)
    talkers = {event.author_id: event for event in events if counts.get(event.author_id, 0) >= TALKER_REPLIES}
    award({user_id: {"ten_replies": {"reply_id": str(event.reply_id)}} for user_id, event in talkers.items()})
