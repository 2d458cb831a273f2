"""What clients send and get about strategies: rules, what they were worth, and their paper runs."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from accounts.schemas import PersonReply
from betting.core.strategies.language import Rules
from project.kit.money import MoneyOut, OddsOut
from project.kit.pagination import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT
from project.kit.schemas import INSTANT_YEARS, Command, DayIn, Instant, Reply

NAME_CHARS_MAX = 80
DESCRIPTION_CHARS_MAX = 2_000
YEAR_MAX = INSTANT_YEARS[1]  # a period's end is the day after its last
# Control characters have no place in what a list shows; line breaks have one in a description.
StrategyName = Annotated[
    str,
    StringConstraints(
        strict=True, strip_whitespace=True, min_length=1, max_length=NAME_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
StrategyText = Annotated[
    str,
    StringConstraints(
        strict=True,
        strip_whitespace=True,
        max_length=DESCRIPTION_CHARS_MAX,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
    ),
]
VisibilityName = Literal["private", "public"]
KindName = Literal["recorded", "seasons", "paper"]
EvaluationStatusName = Literal["pending", "running", "completed", "failed"]
StrategySort = Literal["newest", "return", "closing_line", "rating"]
PaperStatusName = Literal["open", "won", "lost", "partial", "void"]


class PageOf(Command):
    """Which page of a list."""

    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT


class StrategyQuery(PageOf):
    """Which strategies: everybody's public ones or one's own. Rankings list those with bets enough to rank."""

    scope: Literal["public", "mine"] = "public"
    sort: StrategySort = "newest"
    min_bets: Annotated[int, Field(ge=0, le=100_000)] = 0
    owner: Annotated[str, Field(max_length=150)] | None = None


class CreateStrategyCommand(Command):
    """A new strategy, private unless told otherwise."""

    name: StrategyName
    description: StrategyText = ""
    visibility: VisibilityName = "private"
    rules: Rules


class ChangeStrategyCommand(Command):
    """The fields to change; what is absent stays. Publishing is `visibility` public."""

    name: StrategyName | None = None
    description: StrategyText | None = None
    visibility: VisibilityName | None = None


class RulesCommand(Command):
    """Rules to check, or to become the newest version of a strategy."""

    rules: Rules


class EvaluateCommand(Command):
    """Try the newest version on recorded prices or imported seasons, on days in UTC, both included; null is open."""

    kind: Literal["recorded", "seasons"]
    first_day: DayIn | None = None
    last_day: DayIn | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.first_day is not None and self.last_day is not None and self.first_day > self.last_day:
            raise ValueError("the period ends before it begins")
        if any(day is not None and day.year > YEAR_MAX for day in (self.first_day, self.last_day)):
            raise ValueError(f"the period ends after the year {YEAR_MAX}")
        return self


class PaperCommand(Command):
    """Switch the paper run on, with the newest version, or off."""

    is_on: Annotated[bool, Field(strict=True)]


class RankReply(Reply):
    """What a strategy is ranked by: return on stakes, the lower end of its 95 % interval, value against the close.

    `basis` is the kind of evaluation; a strategy with too few bets has no rank.
    """

    basis: KindName
    bets: int
    roi: float
    roi_low: float
    closing_line_value: float | None


class RatingReply(Reply):
    """What people think of it, from 1 to 5; null while nobody said anything."""

    average: float | None
    count: int


class StrategyRow(Reply):
    """A strategy in a list."""

    id: UUID
    name: str
    description: str
    owner: PersonReply
    is_mine: bool
    visibility: VisibilityName
    version: int
    rank: RankReply | None
    rating: RatingReply
    is_on_paper: bool
    created_at: Instant
    updated_at: Instant


class StrategyReply(StrategyRow):
    """A strategy with its newest rules."""

    rules: Rules


class StrategyVersionReply(Reply):
    """One version of the rules; `sha256` is of their canonical JSON."""

    version: int
    sha256: str
    rules: Rules
    created_at: Instant


class CalibrationBin(Reply):
    """Bets whose chance was said to lie within these bounds: the mean of what was said, and the share that won."""

    low: float
    high: float
    bets: int
    predicted: float
    won: float


class EvaluationMetrics(Reply):
    """The source's metrics and more; null where nothing can be said. `roi_low` and `roi_high` hold 95 %.

    `closing_line_value` is the mean of our price over the closing one, less one, for bets made before play.
    """

    bets: int
    settled: int
    events: int
    staked: MoneyOut
    profit: MoneyOut
    roi: float | None
    roi_low: float | None
    roi_high: float | None
    win_rate: float | None
    average_odds: float | None
    max_drawdown: MoneyOut
    max_drawdown_share: float
    longest_losing_run: int
    closing_line_value: float | None
    beat_the_close: float | None
    closing_line_bets: int
    calibration: list[CalibrationBin]


class EquityPoint(Reply):
    """The profit so far after a settlement."""

    at: Instant
    profit: MoneyOut


class PeriodReply(Reply):
    """Days in UTC, both included."""

    first_day: date
    last_day: date


class EvaluationReply(Reply):
    """One evaluation. `failure` says why there is none: too_slow, gave_up. `metrics` is null until it is completed."""

    id: UUID
    strategy_id: UUID
    version: int
    kind: KindName
    status: EvaluationStatusName
    progress_percent: int
    failure: str
    evaluation_period: PeriodReply
    events: int
    evaluation_metrics: EvaluationMetrics | None
    seed: int
    requested_at: Instant
    last_evaluated: Instant | None


class EvaluationDetail(EvaluationReply):
    """An evaluation with the points of its chart."""

    equity: list[EquityPoint]


class PaperReply(Reply):
    """The newest paper run of a strategy; everything but `is_on` is null before the first one."""

    is_on: bool
    version: int | None
    started_at: Instant | None
    stopped_at: Instant | None
    evaluation: EvaluationDetail | None


class PaperBetReply(Reply):
    """One bet of a paper run at the price that stood."""

    id: UUID
    event_id: UUID
    event_name: str
    market_name: str
    selection_id: UUID
    selection_name: str
    placed_at: Instant
    phase: str
    minute: int
    odds: OddsOut
    closing_odds: OddsOut | None
    stake: MoneyOut
    payout: MoneyOut | None
    status: PaperStatusName
    market_probability: float | None
    model_probability: float | None
    settled_at: Instant | None


class FactReply(Reply):
    """A fact that rules may name, and the kind of value it is compared with."""

    name: str
    kind: Literal["whole", "ratio", "odds", "text"]
    meaning: str


class LanguageReply(Reply):
    """The language of rules: its JSON Schema, its facts, and examples that the checker accepts."""

    version: int
    rules_schema: dict[str, Any]
    facts: list[FactReply]
    examples: list[Rules]


class CheckedRulesReply(Reply):
    """Rules that may be used as they are."""

    rules: Rules
    sha256: str
