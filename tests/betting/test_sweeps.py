"""What starts the work: hints after commit, a durable reaction for results, and sweeps for whatever was missed."""

import pytest
from django.test import TestCase

from accounts.models import User
from betting.models import BetSlip, EventBook, Market
from betting.queries.books import list_event_ids_behind, list_event_ids_unsettled
from betting.tasks import sweep_prices
from project.kit.reactions import drain_reactions
from sports.actions import advance_clock, correct_result
from tests.betting.desk import available, bet, broker, fund, make_live_priced_event, make_priced_event, selection_of
from tests.sports.matches import AWAY, HOME, end_match, make_event

pytestmark = pytest.mark.django_db


def test_the_sweep_opens_the_books_of_new_events_and_catches_up_on_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    new, behind = make_event(), make_live_priced_event(home=AWAY, away=HOME)
    make_priced_event()
    advance_clock(event_id=behind.pk, minute=50)
    assert set(list_event_ids_behind()) == {new.pk, behind.pk}

    with broker(monkeypatch) as queue:
        with TestCase.captureOnCommitCallbacks(execute=True):
            sweep_prices()
        assert {queue_name for _, _, queue_name in queue.sent} == {"prices"}
        queue.run()

    assert list_event_ids_behind() == []
    assert Market.objects.filter(event_id=new.pk).count() == 23


def test_finished_events_are_not_swept() -> None:
    event = make_live_priced_event()
    end_match(event)

    assert list_event_ids_behind() == []


def test_a_confirmed_result_reaches_the_money_queue_through_the_durable_reaction(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(ada)
    event = make_live_priced_event()
    slip = bet(ada, selection_of(event, "1x2", "draw"))
    end_match(event)

    with broker(monkeypatch) as queue:
        with TestCase.captureOnCommitCallbacks(execute=True):
            drain_reactions()
        assert ("betting.settle_event", {"event_id": str(event.pk)}, "money") in queue.sent
        queue.sent = [sent for sent in queue.sent if sent[0] == "betting.settle_event"]
        queue.run()

    settled = BetSlip.objects.get(id=slip.id)
    assert settled.status == "won"
    assert available(ada) == 100_000 - 1_000 + settled.potential_win_minor


def test_unsettled_results_and_unsettled_corrections_are_found() -> None:
    event = make_live_priced_event()
    assert list_event_ids_unsettled() == []

    end_match(event)
    assert list_event_ids_unsettled() == [event.pk]

    EventBook.objects.filter(event_id=event.pk).update(graded_result_version=1, settled_result_version=1)
    assert list_event_ids_unsettled() == []

    correct_result(event_id=event.pk, home_goals=2, away_goals=0, reason="Two were missed")
    assert list_event_ids_unsettled() == [event.pk]
