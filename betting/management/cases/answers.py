"""What the rules answer to a case, by the same functions that settle real slips and pools."""

from datetime import UTC, datetime
from fractions import Fraction

from betting.core.bet_types import InvalidLines, lines_of
from betting.core.cash_out import CashOutLeg, CashOutSlip, LegMarket, find_reason, offer_minor
from betting.core.grading import Grade, grade_market
from betting.core.payout import LegOutcome, LegResult, SlipTerms, settle_slip
from betting.core.pools import BASIS_POINTS, PoolResult, PoolTicket, settle_pool
from betting.management.cases.shapes import Case, Graded, Leg, Offer, PlacePart, Pool, Slip
from project.kit.money import format_minor, parse_minor
from sports.core.market_keys import parse_market_key
from sports.core.score_facts import Placing, ScoreFacts, Winner

CURRENCY = "GBP"  # every case is in a currency of two decimals
# An offer is worked out for markets that are open; whether they are is another question than what a slip is worth.
OPEN_MARKET = LegMarket(
    is_stopped_at_large=False,
    is_betting_stopped=False,
    event_status="scheduled",
    has_begun=False,
    start_time=datetime(2100, 1, 1, tzinfo=UTC),
    market_status="active",
    is_priced_for_incidents=True,
    state_versions_behind=0,
    is_feed_silent=False,
)
BEFORE_START = datetime(2099, 1, 1, tzinfo=UTC)
HALVES = {"half_won": ("won", 1), "half_lost": ("lost", 1)}
RESULTS = frozenset({"won", "lost", "void", *HALVES})


class BadCase(ValueError):
    """The case cannot be asked: odds that are no thousandths, legs that make no such bet."""


def answer(case: Case) -> dict[str, str]:
    """Everything the rules say about a case, by the names that `expect` may use. Raises BadCase."""
    if case.slip is not None:
        return _answer_slip(case.slip)
    if case.grade is not None:
        return _answer_grade(case.grade)
    if case.pool is not None:
        return _answer_pool(case.pool)
    assert case.cash_out is not None
    return _answer_offer(case.cash_out)


def parse_price(text: str) -> int:
    """Decimal, fractional or `evens` odds as thousandths. Raises BadCase where they are no whole thousandths."""
    if text == "evens":
        return 2_000
    numerator, slash, denominator = text.partition("/")
    odds = Fraction(int(numerator), int(denominator)) + 1 if slash else Fraction(text)
    if (odds * 1_000).denominator != 1:
        raise BadCase(f"odds of {text} are not whole thousandths")
    return int(odds * 1_000)


def _answer_slip(slip: Slip) -> dict[str, str]:
    bankers = sum(leg.banker for leg in slip.legs)
    try:
        lines = lines_of(
            slip.bet, leg_count=len(slip.legs), banker_count=bankers, sizes=slip.sizes, is_each_way=slip.each_way
        )
    except InvalidLines as error:
        raise BadCase(str(error)) from error
    except KeyError as error:
        raise BadCase(f"no bet is called {slip.bet}") from error
    stake_minor = parse_minor(slip.stake, CURRENCY) * (lines.count if slip.stake_kind == "line" else 1)
    terms = SlipTerms(
        stake_minor=stake_minor,
        line_sizes=lines.sizes,
        line_count=lines.count,
        is_each_way=slip.each_way,
        is_free_bet=slip.free_bet,
        payout_minor_max=None if slip.payout_max is None else parse_minor(slip.payout_max, CURRENCY),
    )
    payout = settle_slip(terms, [_leg(leg) for leg in slip.legs])
    answers = {"lines": str(lines.count), "stake": format_minor(stake_minor, CURRENCY)}
    if payout is None:
        return answers | {"status": "accepted"}
    return answers | {
        "return": format_minor(payout.payout_minor, CURRENCY),
        "uncapped": format_minor(payout.uncapped_minor, CURRENCY),
        "exact": str(payout.exact_return / 100),
        "status": payout.status,
    }


def _leg(leg: Leg) -> LegResult:
    outcome, void_halves = HALVES.get(leg.result, (leg.result, 0))
    places, tied = _share(leg.dead_heat)
    place = leg.place or PlacePart(result="open", fraction="1/4")
    place_places, place_tied = _share(place.dead_heat)
    return LegResult(
        outcome=_outcome(outcome),
        odds_milli=parse_price(leg.odds),
        void_halves=void_halves,
        dead_heat_places=places,
        dead_heat_tied=tied,
        deductions=tuple(Fraction(percent, 100) for percent in leg.deductions),
        place_fraction=Fraction(place.fraction),
        place_outcome=_outcome(place.result),
        place_dead_heat_places=place_places,
        place_dead_heat_tied=place_tied,
        is_banker=leg.banker,
    )


def _outcome(text: str) -> LegOutcome:
    return "" if text == "open" else text  # type: ignore[return-value]  # the shapes admit only outcomes


def _share(text: str | None) -> tuple[int, int]:
    if text is None:
        return 1, 1
    places, _, tied = text.partition("/")
    return int(places), int(tied)


def _answer_grade(graded: Graded) -> dict[str, str]:
    key = parse_market_key(graded.market)
    home, away = graded.score
    outcomes = list(key.outcomes) or graded.outcomes or sorted(graded.finish) + sorted(graded.withdrawn)
    facts = ScoreFacts(
        sport=graded.sport,
        home=home,
        away=away,
        periods=tuple(graded.periods),
        current=graded.current,
        games=tuple(tuple(games) for games in graded.games),
        scorers=tuple(graded.scorers),
        finish={outcome: Placing(place, tied) for outcome, (place, tied) in graded.finish.items()},
        withdrawn=frozenset(graded.withdrawn),
        is_final=True,
        ending=graded.ending,
        winner=graded.winner or _leader(home, away),
    )
    grades = grade_market(key.market_type, dict(key.specifiers), outcomes, facts, places=graded.places)
    answers = {outcome: _words(grade) for outcome, grade in grades.items()}
    for outcome, grade in grades.items():
        answers |= _answer_ties(outcome, grade)
    return answers


def _answer_ties(outcome: str, grade: Grade) -> dict[str, str]:
    """What a tie leaves of a win, and the place part of each-way bets: only where there is one."""
    answers = {}
    if grade.dead_heat_tied > 1:
        answers[f"dead_heat {outcome}"] = f"{grade.dead_heat_places}/{grade.dead_heat_tied}"
    if grade.place_result:
        answers[f"place {outcome}"] = str(grade.place_result)
    if grade.place_dead_heat_tied > 1:
        answers[f"place_dead_heat {outcome}"] = f"{grade.place_dead_heat_places}/{grade.place_dead_heat_tied}"
    return answers


def _leader(home: int, away: int) -> Winner:
    if home == away:
        return "draw"
    return "home" if home > away else "away"


def _words(grade: Grade) -> str:
    if grade.result == "void" or grade.void_halves == 2:
        return "void"
    return f"half_{grade.result}" if grade.void_halves else str(grade.result)


def _answer_pool(pool: Pool) -> dict[str, str]:
    tickets = [
        PoolTicket(str(number), ticket.on, parse_minor(ticket.stake, CURRENCY))
        for number, ticket in enumerate(pool.tickets, start=1)
    ]
    settled = settle_pool(
        tickets,
        PoolResult(frozenset(pool.winners), frozenset(pool.scratched)),
        takeout_basis_points=pool.takeout_percent * BASIS_POINTS // 100,
    )
    answers = {
        "outcome": settled.outcome,
        "gross": format_minor(settled.gross_minor, CURRENCY),
        "takeout": format_minor(settled.takeout_minor, CURRENCY),
        "breakage": format_minor(settled.breakage_minor, CURRENCY),
        "top_up": format_minor(settled.top_up_minor, CURRENCY),
    }
    answers |= {f"dividend {name}": _decimal(one) for name, one in settled.dividends.items()}
    return answers | {f"ticket {one.ticket_id}": format_minor(one.payout_minor, CURRENCY) for one in settled.tickets}


def _decimal(value: Fraction) -> str:
    """To seven decimals, as commissions print unbroken prices."""
    scaled = round(value * 10**7)
    return f"{scaled // 10**7}.{scaled % 10**7:07d}".rstrip("0").rstrip(".")


def _answer_offer(offer: Offer) -> dict[str, str]:
    if len(offer.struck) != len(offer.now):
        raise BadCase("every struck price has one of now")
    stake_minor = parse_minor(offer.stake, CURRENCY)
    remaining_minor = stake_minor if offer.remaining is None else parse_minor(offer.remaining, CURRENCY)
    slip = CashOutSlip(
        status="accepted",
        is_each_way=False,
        is_free_bet=False,
        line_sizes=(len(offer.struck),),
        line_count=1,
        remaining_stake_minor=remaining_minor,
        payout_minor_max=None,
        legs=[_offer_leg(struck, now) for struck, now in zip(offer.struck, offer.now, strict=True)],
    )
    reason = find_reason(slip, now=BEFORE_START)
    if reason is not None:
        return {"reason": reason}
    offered_minor = offer_minor(slip, remaining_minor)
    return {"offer": format_minor(offered_minor, CURRENCY)} if offered_minor else {"reason": "too_small"}


def _offer_leg(struck: str, now: str) -> CashOutLeg:
    odds_milli = parse_price(struck)
    is_known = now in RESULTS
    outcome, void_halves = HALVES.get(now, (now, 0))
    return CashOutLeg(
        as_won=LegResult("won", odds_milli),
        result=LegResult(_outcome(outcome), odds_milli, void_halves=void_halves) if is_known else None,
        current_odds_milli=None if is_known else parse_price(now),
        market=OPEN_MARKET,
    )
