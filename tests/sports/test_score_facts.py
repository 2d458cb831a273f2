"""The facts that grading reads: football's halves and scorers, and the document they are kept as."""

from sports.core import reducer
from sports.core.incidents import RecordedIncident
from sports.core.match_state import MatchState
from sports.core.score_facts import Placing, ScoreFacts

PLAY = (
    ("kick_off", "", 0),
    ("goal", "away", 20),
    ("half_time", "", 45),
    ("second_half", "", 45),
    ("goal", "home", 60),
    ("goal", "home", 80),
    ("full_time", "", 90),
)


def play(incidents: int) -> MatchState:
    return reducer.replay(
        RecordedIncident(seq, kind, side, minute, 0)  # type: ignore[arg-type]  # the literals above
        for seq, (kind, side, minute) in enumerate(PLAY[:incidents], start=1)
    )


def test_facts_before_a_match_are_empty() -> None:
    assert reducer.facts_of(MatchState()) == ScoreFacts("football")


def test_facts_in_the_first_half_have_a_running_period() -> None:
    assert reducer.facts_of(play(2)) == ScoreFacts("football", away=1, current=(0, 1), scorers=("away",))


def test_a_half_is_a_period_once_it_is_over() -> None:
    assert reducer.facts_of(play(3)) == ScoreFacts("football", away=1, periods=((0, 1),), scorers=("away",))
    assert reducer.facts_of(play(5)).current == (1, 0)


def test_facts_of_a_whole_match() -> None:
    assert reducer.facts_of(play(7)) == ScoreFacts(
        "football",
        home=2,
        away=1,
        periods=((0, 1), (2, 0)),
        scorers=("away", "home", "home"),
        is_final=True,
        ending="full",
        winner="home",
    )


def test_documents_give_the_facts_back() -> None:
    facts = ScoreFacts(
        "outright",
        finish={"p1": Placing(1, 2), "p2": Placing(1, 2)},
        withdrawn=frozenset({"p3"}),
        is_final=True,
        ending="full",
    )
    tennis = ScoreFacts("tennis", 1, 0, periods=((6, 4),), current=(2, 1), games=(("home", "away"), ("home",)))

    assert ScoreFacts.from_document(facts.to_document()) == facts
    assert ScoreFacts.from_document(tennis.to_document()) == tennis
