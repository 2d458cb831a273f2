"""Pools as people see them: lists, one pool with its field, and the values of its topic."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Least

from betting.core.pools import BASIS_POINTS, approximate_dividend
from betting.models import BettingPool, Market, PoolEntry, PoolMember, PoolTotal
from betting.schemas.pools import PoolEntryReply, PoolPageReply, PoolReply, PoolTotalReply, PoolTotalValue, PoolValue
from project.kit import clock
from project.kit.money import format_minor
from project.kit.pagination import paginate
from project.kit.schemas import Page
from project.kit.topics import Arguments, Keyed, Tally

ENTRIES_SHOWN_MAX = 100  # of one's own in one pool, and in the image of one's stream
SWEPT_MAX = 500  # what one sweep hands out; the next one, seconds later, finds the rest
HOUSE_MARKET_TYPES = ("1x2", "match_winner", "outright_winner")
HOUSE_POOL_NOTICE = timedelta(seconds=30)  # a pool that closes at once is none

_TALLY = """
    SELECT pool.id, 1 + count(total.id), pool.version
      FROM betting_pool AS pool
      LEFT JOIN betting_pool_total AS total ON total.pool_id = pool.id
     WHERE pool.id = ANY (%s::uuid[])
     GROUP BY pool.id
"""


def format_dividend(dividend: Fraction | None) -> str | None:
    """A dividend to a unit stake of 1.00, floored to hundredths as a tote shows it."""
    if dividend is None:
        return None
    hundredths = dividend.numerator * 100 // dividend.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _described() -> QuerySet[BettingPool]:
    return BettingPool.objects.select_related("event", "market", "creator").annotate(
        member_count=Count("memberships", distinct=True)
    )


def list_pools(*, user_id: UUID | None, scope: str, cursor: str | None) -> Page[PoolReply]:
    """Pools, newest first: `open` ones, `settled` ones, or `mine`. Private ones are seen by their members alone."""
    pools = _described()
    mine = PoolMember.objects.none() if user_id is None else PoolMember.objects.filter(user_id=user_id)
    pools = pools.filter(Q(is_private=False) | Q(id__in=mine.values("pool_id")))
    match scope:
        case "open":
            pools = pools.filter(status="open")
        case "settled":
            pools = pools.filter(status__in=["settled", "cancelled"])
        case "mine":
            pools = pools.filter(id__in=mine.values("pool_id"))
    return paginate(pools, cursor=cursor, order=("-created_at", "-id"), shape=shape_pool)


def shape_pool(pool: BettingPool) -> PoolReply:
    """One pool; the caller has annotated `member_count`."""
    return PoolReply(
        id=pool.id,
        name=pool.name,
        status=pool.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        event_id=pool.event_id,
        event_name=pool.event.name,
        market_id=pool.market_id,
        market_name=pool.market.name,
        currency=pool.currency,
        takeout_percent=_percent(pool.takeout_basis_points),
        min_stake=format_minor(pool.stake_minor_min, pool.currency),
        is_private=pool.is_private,
        gross=format_minor(pool.gross_minor, pool.currency),
        entries=pool.entry_count,
        members=pool.member_count,  # type: ignore[attr-defined]  # annotated
        closes_at=pool.ends_at,
        settled_at=pool.settled_at,
    )


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def get_pool_page(pool_id: UUID, user_id: UUID | None) -> PoolPageReply:
    """Everything on one pool's page for this person."""
    pool = _described().get(id=pool_id)
    totals = _list_totals(pool_id)
    dividends = _dividends_of(pool, totals)
    is_member = user_id is not None and pool.memberships.filter(user_id=user_id).exists()
    mine = PoolEntry.objects.none() if user_id is None else PoolEntry.objects.filter(pool_id=pool_id, user_id=user_id)
    return PoolPageReply(
        pool=shape_pool(pool),
        creator=pool.creator.username if pool.creator else None,
        rules=describe_rules(pool),
        totals=[_shape_total(pool, total, dividends[total.id]) for total in totals],
        takeout=format_minor(pool.takeout_minor, pool.currency),
        breakage=format_minor(pool.breakage_minor, pool.currency),
        top_up=format_minor(pool.top_up_minor, pool.currency),
        is_member=is_member,
        join_code=pool.join_code if is_member and pool.is_private else None,
        my_entries=[
            shape_entry(entry) for entry in mine.select_related("selection", "pool").order_by("-id")[:ENTRIES_SHOWN_MAX]
        ],
    )


def describe_rules(pool: BettingPool) -> list[str]:
    """The rules in words: the same for every pool, and what its creator added."""
    end = (
        "Stakes are taken until the event begins. If it is put off or brought forward before that, until its new start."
        if pool.own_end is None
        else "Stakes are taken until the time shown, wherever the event is moved, and never once it has begun."
    )
    rules = [
        f"Whoever backs the winner shares the pool by stake, after {_percent(pool.takeout_basis_points)} % takeout.",
        "What void tickets and scratched selections had staked is paid back before anything is taken out.",
        "In a dead heat the pool is divided equally among the tied selections that somebody backed.",
        "A winner gets at least the stake back: the house tops up a pool that lacks it.",
        "If nobody backed the winner, or the market is void, every stake goes back without takeout.",
        "Each ticket is paid down to the smallest unit; what that leaves over goes to the house.",
        f"{end} Tickets stand.",
    ]
    return [*rules, pool.rules] if pool.rules else rules


def _list_totals(pool_id: UUID) -> list[PoolTotal]:
    return list(PoolTotal.objects.filter(pool_id=pool_id).select_related("selection").order_by("selection__sort"))


def _dividends_of(pool: BettingPool, totals: Sequence[PoolTotal]) -> dict[int, str | None]:
    """What 1.00 on each selection gets if it wins now and alone, or has won, by its total's id; None where that is
    scratched or nobody backs it. All totals of the pool are needed."""
    running = [total for total in totals if total.selection.result != "void"]
    winners = [total for total in running if total.selection.result == "won" and total.stake_minor]
    dividends = {
        total.id: approximate_dividend(
            gross_minor=sum(one.stake_minor for one in running),
            stake_minor=total.stake_minor,
            takeout_basis_points=pool.takeout_basis_points,
            tied=len(winners) if total in winners else 1,
        )
        for total in running
    }
    return {total.id: format_dividend(dividends.get(total.id)) for total in totals}


def _shape_total(pool: BettingPool, total: PoolTotal, dividend: str | None) -> PoolTotalReply:
    return PoolTotalReply(
        selection_id=total.selection_id,
        name=total.selection.name,
        stake=format_minor(total.stake_minor, pool.currency),
        entries=total.entry_count,
        dividend=dividend,
        result=total.selection.result or None,  # type: ignore[arg-type]  # a check constraint admits only results
    )


def shape_entry(entry: PoolEntry) -> PoolEntryReply:
    """One ticket; the caller has joined its pool and selection."""
    is_open = entry.status == PoolEntry.Status.OPEN
    return PoolEntryReply(
        id=entry.id,
        pool_id=entry.pool_id,
        selection_id=entry.selection_id,
        selection_name=entry.selection.name,
        stake=format_minor(entry.stake_minor, entry.pool.currency),
        currency=entry.pool.currency,
        status=entry.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        payout=None if is_open else format_minor(entry.payout_minor, entry.pool.currency),
        placed_at=entry.placed_at,
    )


def list_open_entries(user_id: UUID) -> list[PoolEntryReply]:
    """A person's tickets in pools that are not settled, newest first."""
    entries = PoolEntry.objects.filter(user_id=user_id, status=PoolEntry.Status.OPEN)
    entries = entries.select_related("selection", "pool").order_by("-id")
    return [shape_entry(entry) for entry in entries[:ENTRIES_SHOWN_MAX]]


def pool_keys(pool: BettingPool, totals: Sequence[PoolTotal]) -> list[Keyed]:
    """The values of a pool and of all its totals, as the topic sends them."""
    value = PoolValue(
        id=pool.id,
        status=pool.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        gross=format_minor(pool.gross_minor, pool.currency),
        entries=pool.entry_count,
        members=pool.memberships.count(),
        closes_at=pool.closes_at,
    )
    dividends = _dividends_of(pool, totals)
    keys = [_total_key(pool, total, dividends[total.id]) for total in totals]
    return [Keyed("pool", pool.version, value.to_json()), *keys]


def _total_key(pool: BettingPool, total: PoolTotal, dividend: str | None) -> Keyed:
    value = PoolTotalValue(
        selection_id=total.selection_id,
        stake=format_minor(total.stake_minor, pool.currency),
        entries=total.entry_count,
        dividend=dividend,
    )
    return Keyed(f"s:{total.selection_id}", pool.version, value.to_json())


def list_pool_keys(pool_id: UUID) -> list[Keyed]:
    """The image of a pool's topic; nothing where there is no such pool."""
    pool = BettingPool.objects.filter(id=pool_id).first()
    return [] if pool is None else pool_keys(pool, _list_totals(pool_id))


def tally_pools(arguments: Sequence[Arguments]) -> list[Tally]:
    """What the images of some pools add up to, in the order asked: every key has its pool's version."""
    pool_ids = [UUID(one["pool_id"]) for one in arguments]
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, [pool_ids])
        found = {pool_id: Tally(keys, int(keys * version)) for pool_id, keys, version in cursor.fetchall()}
    return [found.get(pool_id, Tally(0, 0)) for pool_id in pool_ids]


def basis_points_of(percent: int) -> int:
    return percent * BASIS_POINTS // 100


def list_pool_ids_to_close() -> list[UUID]:
    """Open pools whose time is over."""
    now = clock.now()
    pools = BettingPool.objects.filter(Q(own_end__lte=now) | Q(event__start_time__lte=now), status="open")
    return list(pools.order_by("closes_at", "id").values_list("id", flat=True)[:SWEPT_MAX])


def list_pool_ids_to_move() -> list[UUID]:
    """Pools that end at another time than was told, or are closed with their end ahead: their event has moved."""
    pools = BettingPool.objects.filter(status__in=["open", "closed"])
    pools = pools.annotate(end=Least("own_end", "event__start_time"))  # PostgreSQL's passes over what is null
    is_ahead = Q(status="closed", end__gt=clock.now(), event__status="scheduled")
    moved = pools.filter(~Q(closes_at=F("end")) | is_ahead)
    return list(moved.order_by("closes_at", "id").values_list("id", flat=True)[:SWEPT_MAX])


def list_pool_ids_to_settle() -> list[UUID]:
    """Pools whose market has other results than those they were last divided by."""
    pools = BettingPool.objects.filter(status__in=["open", "closed", "settled"]).annotate(
        today=Sum("market__selections__result_version")
    )
    behind = pools.filter(today__gt=0).exclude(today=F("results_sum")).order_by("id")
    return list(behind.values_list("id", flat=True)[:SWEPT_MAX])


def list_pool_ids_of_event(event_id: UUID) -> list[UUID]:
    """The pools that a result of this event may settle."""
    pools = BettingPool.objects.filter(event_id=event_id).exclude(status="cancelled").order_by("id")
    return list(pools.values_list("id", flat=True))


def list_markets_without_house_pool(*, pools_max: int, ahead: timedelta) -> list[tuple[UUID, str]]:
    """The next events' main markets (id, event's name) that the house could open a pool on, up to the number wanted."""
    missing = pools_max - BettingPool.objects.filter(creator__isnull=True, status="open").count()
    if missing <= 0:
        return []
    markets = Market.objects.filter(
        market_type__in=HOUSE_MARKET_TYPES,
        status="active",
        event__status="scheduled",
        event__start_time__gt=clock.now() + HOUSE_POOL_NOTICE,
        event__start_time__lt=clock.now() + ahead,
    ).exclude(pools__creator__isnull=True, pools__isnull=False)
    return list(markets.order_by("event__start_time", "id").values_list("id", "event__name")[:missing])
