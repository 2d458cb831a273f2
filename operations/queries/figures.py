"""What the front page of the admin tells each role: a few numbers, what waits, and what was decided lately."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from django.db.models import Sum
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from betting.access import is_trader
from betting.models import BetSlip, DeskAction, DeskActionStatus
from betting.models.slips import OPEN_STATUSES
from community.models import CommunityPost, ModerationAction, PostReply, Report
from community.queries.moderation import count_open_reports
from operations.core.ages import DAY, describe_age
from payments.core.withdrawals import HOLDING
from payments.models import Withdrawal
from project.kit import clock
from project.kit.callers import Caller
from project.kit.models import SetAsideEvent
from project.kit.money import format_minor
from sports.models import Event, EventStatus

WAITING_SHOWN: Final = 6
DECISIONS_SHOWN: Final = 8
EVENTS_SHOWN: Final = 8

Tone = Literal["calm", "warn", "live"]


@dataclass(frozen=True)
class Figure:
    """One number with what it means. `link` is empty where there is no page behind it."""

    label: str
    value: str
    hint: str
    icon: str
    link: str = ""
    tone: Tone = "calm"


@dataclass(frozen=True)
class Dashboard:
    """Everything the front page shows."""

    figures: list[Figure]
    waiting: list[Report] = field(default_factory=list)
    decisions: list[ModerationAction] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    shows_community: bool = False
    shows_play: bool = False


def describe_dashboard(caller: Caller) -> Dashboard:
    """The front page for this role: moderators see the community, traders proposals, finance slips and withdrawals,
    admins all of it."""
    is_admin = caller.role == User.Role.ADMIN
    shows_play = is_admin or caller.role == User.Role.FINANCE
    figures: list[Figure] = []
    if caller.is_moderator:
        figures += _list_community_figures()
    if is_trader(caller):
        figures.append(_describe_proposals())
    if shows_play:
        figures.append(_describe_withdrawals())
        figures += _list_play_figures()
    if is_admin:
        figures += _list_service_figures()
    in_play = (
        Event.objects.filter(status=EventStatus.ONGOING).select_related("competition").order_by("start_time", "id")
    )
    return Dashboard(
        figures=figures,
        waiting=_list_waiting() if caller.is_moderator else [],
        decisions=_list_decisions() if caller.is_moderator else [],
        events=list(in_play[:EVENTS_SHOWN]) if shows_play else [],
        shows_community=caller.is_moderator,
        shows_play=shows_play,
    )


def _list_community_figures() -> Iterator[Figure]:
    since = clock.now() - DAY
    waiting = count_open_reports()
    oldest = Report.objects.filter(status=Report.Status.OPEN).order_by("filed_at").first()
    hint = f"oldest waits {describe_age(clock.now() - oldest.filed_at)}" if oldest else "nothing waits"
    tone: Tone = "warn" if waiting else "calm"
    yield Figure("Open reports", str(waiting), hint, "flag", _find_link("community_report"), tone)
    posts = CommunityPost.objects.filter(posted_at__gte=since, is_event_thread=False).count()
    replies = PostReply.objects.filter(posted_at__gte=since).count()
    yield Figure(
        "Posts today",
        str(posts + replies),
        f"{posts} threads, {replies} replies",
        "forum",
        _find_link("community_communitypost"),
    )


def _describe_proposals() -> Figure:
    proposals = DeskAction.objects.filter(status__in=(DeskActionStatus.PROPOSED, DeskActionStatus.APPROVED))
    waiting = proposals.count()
    unseen = proposals.filter(status=DeskActionStatus.PROPOSED, needs_approval=True).count()
    hint = f"{unseen} need somebody else's approval" if unseen else "none needs approval"
    tone: Tone = "warn" if waiting else "calm"
    link = _find_link("betting_deskaction")
    return Figure("Open proposals", str(waiting), hint, "approval_delegation", link, tone)


def _describe_withdrawals() -> Figure:
    held = Withdrawal.objects.filter(status__in=HOLDING)
    waiting = held.count()
    oldest = held.order_by("requested_at").first()
    hint = f"oldest waits {describe_age(clock.now() - oldest.requested_at)}" if oldest else "nothing waits"
    tone: Tone = "warn" if waiting else "calm"
    return Figure("Open withdrawals", str(waiting), hint, "outbox", _find_link("payments_withdrawal"), tone)


def _list_play_figures() -> Iterator[Figure]:
    in_play = Event.objects.filter(status=EventStatus.ONGOING).count()
    scheduled = Event.objects.filter(status=EventStatus.SCHEDULED).count()
    tone: Tone = "live" if in_play else "calm"
    yield Figure(
        "Events in play", str(in_play), f"{scheduled} scheduled", "sports_soccer", _find_link("sports_event"), tone
    )
    slips = BetSlip.objects.filter(status__in=OPEN_STATUSES)
    stakes = slips.order_by().values("currency").annotate(total=Sum("stake_minor")).order_by("currency")
    staked = ", ".join(f"{format_minor(row['total'], row['currency'])} {row['currency']}" for row in stakes)
    hint = f"{staked} staked" if staked else "nothing staked"
    yield Figure("Open slips", str(slips.count()), hint, "receipt_long", _find_link("betting_betslip"))


def _list_service_figures() -> Iterator[Figure]:
    people = User.objects.count()
    new = User.objects.filter(created_at__gte=clock.now() - DAY).count()
    yield Figure("People", str(people), f"{new} joined today", "group", _find_link("accounts_user"))
    aside = SetAsideEvent.objects.count()
    tone: Tone = "warn" if aside else "calm"
    hint = "reactions failed on these" if aside else "every reaction went through"
    yield Figure("Events set aside", str(aside), hint, "sync_problem", tone=tone)


def _list_waiting() -> list[Report]:
    waiting = Report.objects.filter(status=Report.Status.OPEN).select_related("reporter", "subject_author")
    return list(waiting.order_by("filed_at", "id")[:WAITING_SHOWN])


def _list_decisions() -> list[ModerationAction]:
    return list(ModerationAction.objects.select_related("actor").order_by("-id")[:DECISIONS_SHOWN])


def _find_link(model: str) -> str:
    """The list page of a model, or nothing where no page is registered for it."""
    try:
        return reverse(f"admin:{model}_changelist")
    except NoReverseMatch:
        return ""
