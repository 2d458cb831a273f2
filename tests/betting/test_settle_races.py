"""Settlements at once: two events that share people lock their accounts in one order, and never in a circle."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from accounts.models import User
from betting.actions.settle_event import settle_event
from betting.models import BetHistory
from payments.models import LedgerAccount
from payments.queries.audit import list_ledger_faults
from payments.queries.wallets import get_wallet
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
from tests.sports.matches import end_match
from tests.waiting import is_settlement_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_that_waits_for_a_loser_holds_no_winner_behind_them(ada: User, ben: User) -> None:
    """Another batch may hold the loser and want the winner: whoever comes later in the order is not locked yet."""
    for person in (ada, ben):
        fund(person)
    loser, winner = sorted((ada, ben), key=lambda person: get_wallet(person.id, "PLY").account_id)
    event = make_live_priced_event()
    bet(loser, selection_of(event, "1x2", "home"))
    bet(winner, selection_of(event, "1x2", "draw"))
    end_match(event)
    accounts = LedgerAccount.objects.select_for_update(nowait=True)

    def settle() -> int:
        try:
            return settle_event(event_id=event.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            accounts.get(id=get_wallet(loser.id, "PLY").account_id)
            settling = pool.submit(settle)
            wait_until(is_settlement_waiting)
            accounts.get(id=get_wallet(winner.id, "PLY").account_id)  # raises where the batch holds it
        assert settling.result(timeout=20) == 2

    assert BetHistory.objects.count() == 2
    assert list_ledger_faults() == []
