"""Suggested slips: from insights and current prices, logged with both, answered by who got them."""

from typing import Any

import pytest

from accounts.models import User
from betting.actions.stops import set_switch
from betting.core.suggestions import Candidate, choose_legs, explain, total_odds_milli
from betting.models import BetSlip, BetSlipGenerationLog, Selection
from ml.actions.insights import refresh_insights
from ml.models import BettingModelInsight
from ml.queries.insights import model_label
from sports.models import Event
from tests.betting.desk import bet, fund, make_live_priced_event, make_priced_event, new_key, selection_of
from tests.betting.strategies.test_strategy_api import call
from tests.sports.matches import AWAY, HOME, score_goal

pytestmark = pytest.mark.django_db


def candidate(event: str, odds_milli: int, model: int, market: int = 400_000) -> Candidate:
    return Candidate(event, f"{event}:{odds_milli}", "Home", odds_milli, model, market, ("Form is good.",))


def make_told_event(**arguments: Any) -> Event:
    event = make_priced_event(**arguments)
    refresh_insights(event_ids=[event.pk])
    return event


def ask(user: User | None, status: int = 201, key: str = "", **wishes: Any) -> Any:
    return call(user, "POST", "/suggestions", wishes, status=status, key=key or new_key())


def test_legs_fit_the_appetite_and_the_best_come_first() -> None:
    likely, valuable, long = (
        candidate("a", 1_500, 700_000),
        candidate("b", 3_000, 400_000),
        candidate("c", 9_000, 130_000),
    )
    all_three = [long, valuable, likely]

    def chosen(**wishes: Any) -> list[str]:
        return [leg.event_id for leg in choose_legs(all_three, **({"legs": 1, "odds_milli_max": None} | wishes))]

    assert chosen(appetite="cautious") == ["a"]
    assert chosen(appetite="balanced") == ["b"]
    assert chosen(appetite="balanced", legs=2) == ["b", "a"]
    assert chosen(appetite="balanced", legs=2, odds_milli_max=4_499) == []
    assert chosen(appetite="bold", legs=2) == ["b", "c"]
    assert chosen(appetite="balanced", legs=3) == []
    assert choose_legs([likely, candidate("a", 1_600, 650_000)], legs=2, appetite="cautious", odds_milli_max=None) == []
    assert total_odds_milli([likely, valuable, long]) == 40_500


def test_a_good_leg_is_passed_over_where_nothing_fits_beside_it() -> None:
    dear, one, other = (
        candidate("a", 2_900, 400_000),
        candidate("b", 1_600, 640_000),
        candidate("c", 1_700, 600_000),
    )

    def chosen(legs: int, odds_milli_max: int) -> list[str]:
        found = choose_legs([dear, one, other], legs=legs, appetite="balanced", odds_milli_max=odds_milli_max)
        return [leg.event_id for leg in found]

    assert chosen(1, 3_000) == ["a"]
    assert chosen(2, 3_000) == ["b", "c"]  # 1.60 x 1.70 = 2.72; beside 2.90 even 1.60 makes 4.64
    assert chosen(2, 2_719) == []
    assert chosen(2, 4_640) == ["a", "b"]
    assert chosen(3, 7_888) == ["a", "b", "c"]


def test_reasons_can_be_checked() -> None:
    said = explain(candidate("a", 2_000, 480_000, 460_000))

    assert said == [
        "The model gives Home 48.0 %, above the market's 46.0 %. At 2.00 the price needs 50.0 % to break even.",
        "Form is good.",
    ]


def test_a_suggestion_names_insight_and_model_and_is_logged_once(ada: User) -> None:
    event = make_told_event()
    key = new_key()

    made = ask(ada, key=key, risk_appetite="balanced")
    again = ask(ada, key=key, risk_appetite="balanced")

    insight = BettingModelInsight.objects.select_related("model_version__model").get(event=event)
    log = BetSlipGenerationLog.objects.get()
    assert again == made
    assert (log.user_id, log.insight_used_id, log.model_version_id) == (ada.id, insight.id, insight.model_version_id)
    assert (made["insight_used"], made["model_version"]) == (str(insight.id), model_label(insight.model_version))
    (leg,) = made["legs"]
    selection = Selection.objects.get(id=leg["selection_id"])
    assert (leg["event_id"], made["bet_type"]) == (str(event.pk), "single")
    assert log.odds_milli == selection.odds_milli
    assert leg["reasons"][0].startswith("The model gives ")
    assert "not a promise" in made["note"]
    assert BetSlip.objects.count() == 0
    assert call(ada, "GET", "/suggestions", status=200)["items"] == [made]


def test_several_legs_are_of_several_events(ada: User) -> None:
    make_told_event()
    make_told_event(home=AWAY, away=HOME)

    made = ask(ada, legs=2)

    assert made["bet_type"] == "accumulator"
    assert len({leg["event_id"] for leg in made["legs"]}) == 2
    assert made["chance"] == pytest.approx(
        made["legs"][0]["model_probability"] * made["legs"][1]["model_probability"], abs=1e-6
    )
    assert ask(ada, legs=3, status=409)["code"] == "nothing_to_suggest"
    assert BetSlipGenerationLog.objects.count() == 1


def test_nothing_is_suggested_that_cannot_be_bet_on(ada: User) -> None:
    event = make_live_priced_event()
    refresh_insights(event_ids=[event.pk])
    ask(ada)
    ask(ada, status=409, is_in_play_included=False)
    ask(ada, status=409, sports=["tennis"])

    score_goal(event, "home", minute=2)

    assert ask(ada, status=409)["code"] == "nothing_to_suggest"


def test_nothing_is_suggested_of_a_sport_that_the_desk_has_stopped(ada: User, mod: User) -> None:
    make_told_event()
    ask(ada)

    set_switch(actor_id=mod.id, scope="sport:football", is_stopped=True, reason="Feed under review")

    assert ask(ada, status=409)["code"] == "nothing_to_suggest"


@pytest.mark.parametrize(
    "wishes", [{"legs": 0}, {"legs": 9}, {"risk_appetite": "reckless"}, {"max_odds": 5}, {"sports": []}, {"stake": "5"}]
)
def test_senseless_wishes_are_refused(ada: User, wishes: dict[str, Any]) -> None:
    assert ask(ada, status=422, **wishes)["code"] == "validation_error"


def test_suggestions_are_their_owners_alone(ada: User, ben: User, cleo: User, mod: User) -> None:
    make_told_event()
    path = f"/suggestions/{ask(ada)['id']}"

    ask(None, status=401)
    call(None, "GET", "/suggestions", status=401)
    call(None, "GET", path, status=401)
    for other in (ben, cleo, mod):
        call(other, "GET", path, status=404)
        call(other, "PATCH", path, {"feedback": "ignored"}, status=404)
        assert call(other, "GET", "/suggestions", status=200)["items"] == []
    assert BetSlipGenerationLog.objects.get().feedback == ""
    assert call(ada, "PATCH", path, {"feedback": "ignored"}, status=200)["feedback"] == "ignored"


def test_feedback_links_the_slip_that_came_of_it(ada: User, ben: User) -> None:
    fund(ada)
    fund(ben)
    event = make_told_event()
    earlier = bet(ada, selection_of(event, "both_to_score", "yes"))
    made = ask(ada)
    path = f"/suggestions/{made['id']}"
    selection = Selection.objects.get(id=made["legs"][0]["selection_id"])
    theirs, unrelated, own = (
        bet(ben, selection),
        bet(ada, selection_of(event, "both_to_score", "no")),
        bet(ada, selection),
    )

    def answer(slip_id: object, status: int, feedback: str = "accepted") -> Any:
        return call(ada, "PATCH", path, {"feedback": feedback, "slip_id": str(slip_id)}, status=status)

    answer(theirs.id, 404)
    for slip in (earlier, unrelated):
        assert answer(slip.id, 422)["errors"][0]["code"] == "unrelated_slip"
    assert answer(own.id, 422, "ignored")["errors"][0]["code"] == "not_accepted"
    assert BetSlipGenerationLog.objects.get().bet_slip_id is None
    answered = answer(own.id, 200)
    assert (answered["feedback"], answered["slip_id"]) == ("accepted", str(own.id))
    assert BetSlipGenerationLog.objects.get().bet_slip_id == own.id
