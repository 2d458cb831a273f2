"""What is said about an event: chances beside the market's, the likeliest outcome, and why. Pure text and numbers.

Before the match a model corrects the market. In play both views are carried through the match by the same grid, so the
difference between them stays the model's own opinion.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from ml.core.goal_rates import CORRELATION_TYPICAL, GoalRates, fit_goal_rates
from ml.core.inplay import InPlayState, price_event, price_results
from ml.core.market_view import OUTCOMES, MarketView
from ml.core.reasons import (
    Names,
    Reason,
    explain_contributions,
    explain_market,
    explain_reds,
    explain_score,
    log_odds,
    strongest,
)

DECIMALS: Final = 6
# Where no source had prices: the mean goals of a league match in Europe.
BASE_RATES: Final = GoalRates(home=1.53, away=1.17, correlation=CORRELATION_TYPICAL)

NOTE_MARKET: Final = "Market: bookmakers' prices before kick-off without their margin."
NOTE_IN_PLAY: Final = "Market: bookmakers before kick-off, carried through the match by time, score and cards."
NOTE_OVER: Final = "The match is over: the chances are what happened."
NOTE_NO_MARKET: Final = "No bookmaker had prices for this match: the market column is an average match."
NOTE_UNTRAINED: Final = "No trained model has spoken yet: the chances are the market's own."


@dataclass(frozen=True, slots=True)
class Opinion:
    """A trained model's chances before the match, with what each feature added to each outcome's log odds."""

    chances: tuple[float, float, float]
    values: tuple[float, ...]
    contributions: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Views:
    """Both views of a match as goal rates: what the model thinks, and what the market thought before kick-off."""

    model: GoalRates
    market: GoalRates

    def to_document(self) -> dict[str, dict[str, float]]:
        return {"model": asdict(self.model), "market": asdict(self.market)}

    @classmethod
    def from_document(cls, document: dict[str, dict[str, float]]) -> Self:
        return cls(GoalRates(**document["model"]), GoalRates(**document["market"]))


@dataclass(frozen=True, slots=True)
class Said:
    """What was predicted before the match, and why."""

    predicted_outcome: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One outcome; `edge` is the model's chance less the market's."""

    outcome: str
    name: str
    model_probability: float
    market_probability: float
    edge: float


@dataclass(frozen=True, slots=True)
class InsightDraft:
    """Everything a stored insight says."""

    outcomes: tuple[OutcomeView, ...]
    predicted_outcome: str
    confidence: float
    reasons: tuple[Reason, ...]
    note: str
    views: Views

    def outcome_documents(self) -> list[dict[str, Any]]:
        return [asdict(outcome) for outcome in self.outcomes]

    def reason_documents(self) -> list[dict[str, Any]]:
        return [asdict(reason) for reason in self.reasons]


def write_before(*, names: Names, market: MarketView | None, opinion: Opinion | None) -> InsightDraft:
    """The insight before kick-off. Without an opinion the market speaks, without a market an average match."""
    market_rates = market.rates() if market else BASE_RATES
    market_chances = market.results if market else price_results(BASE_RATES)
    chances = opinion.chances if opinion else market_chances
    predicted = _likeliest(chances)
    reasons: list[Reason] = []
    if market is not None:
        usual = price_results(BASE_RATES)[predicted]
        reasons.append(explain_market(names, OUTCOMES[predicted], market_chances[predicted], usual))
    if opinion is not None:
        moved = _relative(opinion.contributions, predicted)
        reasons += explain_contributions(names, OUTCOMES[predicted], opinion.values, moved)
    model_rates = fit_goal_rates(*chances, market.over25 if market else None) if opinion else market_rates
    return _draft(
        names=names,
        chances=chances,
        market_chances=market_chances,
        reasons=reasons,
        note=_note(NOTE_MARKET if market else NOTE_NO_MARKET, is_trained=opinion is not None),
        views=Views(model_rates, market_rates),
    )


def write_in_play(
    *, names: Names, views: Views, state: InPlayState, said_before: Said, is_trained: bool
) -> InsightDraft:
    """The insight at one moment of the match.

    Reasons from before the match stay beside those of the scoreboard while they speak of the same outcome.
    """
    chances = _results(views.model, state)
    predicted = _likeliest(chances)
    without_reds = InPlayState(state.phase, state.minute, state.added, state.home_goals, state.away_goals)
    at_start = log_odds(price_results(views.model)[predicted])
    by_score = log_odds(_results(views.model, without_reds)[predicted])
    reasons = [explain_score(names, state, by_score - at_start)]
    if state.home_reds or state.away_reds:
        reasons.append(explain_reds(names, state, log_odds(chances[predicted]) - by_score))
    return _draft(
        names=names,
        chances=chances,
        market_chances=_results(views.market, state),
        reasons=[*reasons, *(said_before.reasons if said_before.predicted_outcome == OUTCOMES[predicted] else ())],
        note=NOTE_OVER if state.phase == "completed" else _note(NOTE_IN_PLAY, is_trained=is_trained),
        views=views,
    )


def seal_of(*, event_id: str, model: str, said_at: str, outcomes: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over what was said, by whom, about what and when, in canonical JSON."""
    said = {"event_id": event_id, "model": model, "said_at": said_at, "outcomes": list(outcomes)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _draft(
    *,
    names: Names,
    chances: tuple[float, float, float],
    market_chances: tuple[float, float, float],
    reasons: Sequence[Reason],
    note: str,
    views: Views,
) -> InsightDraft:
    predicted = _likeliest(chances)
    return InsightDraft(
        outcomes=tuple(
            OutcomeView(
                outcome=outcome,
                name=names.of(outcome),
                model_probability=round(chance, DECIMALS),
                market_probability=round(market_chance, DECIMALS),
                edge=round(chance - market_chance, DECIMALS),
            )
            for outcome, chance, market_chance in zip(OUTCOMES, chances, market_chances, strict=True)
        ),
        predicted_outcome=OUTCOMES[predicted],
        confidence=round(chances[predicted], DECIMALS),
        reasons=strongest(reasons),
        note=note,
        views=views,
    )


def _results(rates: GoalRates, state: InPlayState) -> tuple[float, float, float]:
    results = price_event(rates, state)["1x2"]
    return results["home"], results["draw"], results["away"]


def _likeliest(chances: Sequence[float]) -> int:
    return max(range(len(chances)), key=chances.__getitem__)


def _relative(contributions: Sequence[Sequence[float]], outcome: int) -> list[float]:
    """What each feature adds to one outcome over what it adds to the others on average."""
    others = [row for index, row in enumerate(contributions) if index != outcome]
    return [own - sum(other) / len(others) for own, *other in zip(contributions[outcome], *others, strict=True)]


def _note(market: str, *, is_trained: bool) -> str:
    return market if is_trained else f"{NOTE_UNTRAINED} {market}"
