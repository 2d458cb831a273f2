"""The format of a case file; docs/cases.md describes it for whoever writes one."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator


def _check_share(text: str) -> str:
    part, _, whole = text.partition("/")
    if int(part) > int(whole):
        raise ValueError("a share is at most the whole")
    return text


Money = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$")]
Price = Annotated[
    str, StringConstraints(pattern=r"^([1-9][0-9]{0,5}(\.[0-9]{1,3})?|[1-9][0-9]{0,3}/[1-9][0-9]{0,2}|evens)$")
]
Share = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?/[1-9][0-9]?$"), AfterValidator(_check_share)]
Outcome = Literal["won", "lost", "void", "half_won", "half_lost", "open"]
FORMAT = 1


class Shape(BaseModel):
    """Unknown members are refused: a misspelt rule would be a rule not checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlacePart(Shape):
    """The place part of an each-way leg: its result, its share of the odds, and the share a tie leaves."""

    result: Literal["won", "lost", "void", "open"]
    fraction: Share
    dead_heat: Share | None = None


class Leg(Shape):
    """One leg. `dead_heat` is places/tied, `deductions` are Rule 4 percents."""

    odds: Price
    result: Outcome
    dead_heat: Share | None = None
    deductions: list[Annotated[int, Field(ge=1, le=90)]] = []
    place: PlacePart | None = None
    banker: bool = False


class Slip(Shape):
    """A bet: `stake` is that of one line where `stake_kind` is line, of all of them where it is total."""

    bet: str = "single"
    stake: Money
    stake_kind: Literal["line", "total"] = "line"
    each_way: bool = False
    sizes: list[int] | None = None
    free_bet: bool = False
    payout_max: Money | None = None
    legs: Annotated[list[Leg], Field(min_length=1)]


class Graded(Shape):
    """One market of one finished event; `outcomes` are those it lists where they are scores.

    `current` is what was counted in the period that was not played to its end, `games` who won each game, set by set.
    """

    market: str
    sport: Literal["football", "tennis", "basketball", "outright"] = "football"
    score: tuple[int, int]
    outcomes: list[str] = []
    periods: list[tuple[int, int]] = []
    current: tuple[int, int] | None = None
    games: list[list[Literal["home", "away"]]] = []
    scorers: list[Literal["home", "away"]] = []
    finish: dict[str, tuple[int, int]] = {}
    withdrawn: list[str] = []
    ending: Literal["full", "retirement", "walkover", "abandoned", "cancelled"] = "full"
    winner: Literal["home", "draw", "away", ""] = ""
    places: int = 0


class Ticket(Shape):
    """One stake in a pool."""

    on: str
    stake: Money


class Pool(Shape):
    """A pool and what became of its field."""

    takeout_percent: Annotated[int, Field(ge=0, le=30)]
    tickets: Annotated[list[Ticket], Field(min_length=1)]
    winners: list[str]
    scratched: list[str] = []


class Offer(Shape):
    """A cash-out: what is still running, at the odds that were struck and those of now, or the results there are."""

    stake: Money
    remaining: Money | None = None
    struck: Annotated[list[Price], Field(min_length=1)]
    now: list[Price | Literal["won", "lost", "void", "half_won", "half_lost"]]


class Case(Shape):
    """One example. `published` is what the source says where that differs from `expect`, `note` why it does."""

    name: str
    rule: str
    source: str
    note: str = ""
    published: str = ""
    slip: Slip | None = None
    grade: Graded | None = None
    pool: Pool | None = None
    cash_out: Offer | None = None
    expect: Annotated[dict[str, str], Field(min_length=1)]

    @model_validator(mode="after")
    def has_one_question(self) -> "Case":
        """A case asks one thing."""
        if sum(part is not None for part in (self.slip, self.grade, self.pool, self.cash_out)) != 1:
            raise ValueError("a case has exactly one of slip, grade, pool and cash_out")
        return self


class CaseFile(Shape):
    """A file of cases."""

    format: Literal[1]
    cases: Annotated[list[Case], Field(min_length=1)]
