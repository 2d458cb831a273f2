"""Settlement: every slip once per set of results, only the difference paid, and told to whom it concerns."""

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from betting.actions.settle_event import settle_event
from betting.events import SlipsSettled
from betting.models import BetHistory, BetLeg, BetSlip, EventBook, Market, Selection, SelectionResult
from payments.models import LedgerAccount, Transaction, Transfer
from payments.queries.audit import list_ledger_faults
from payments.queries.wallets import get_wallet
from project.kit.models import OutboxChange, RecordedEvent
from project.kit.streams import head, note_listeners, read_since
from sports.actions import correct_result, resume_betting
from sports.models import Event
from tests.betting.desk import (
    available,
    bet,
    fund,
    goal,
    make_live_priced_event,
    open_stakes,
    revenue,
    selection_of,
    stakes_of_open_slips,
)
from tests.sports.matches import end_match, score_goal

pytestmark = pytest.mark.django_db


def winnings_of(slip: BetSlip) -> int:
    assert slip.odds_milli is not None
    return slip.stake_minor * slip.odds_milli // 1_000


def match_with_two_bets(winner: User, loser: User) -> tuple[Event, BetSlip, BetSlip]:
    """Home wins 1-0; one person backed home, one backed away."""
    for person in (winner, loser):
        fund(person)
    event = make_live_priced_event()
    won = bet(winner, selection_of(event, "1x2", "home"), "10.00")
    lost = bet(loser, selection_of(event, "1x2", "away"), "20.00")
    score_goal(event, "home", minute=30)
    end_match(event)
    return event, BetSlip.objects.get(id=won.id), BetSlip.objects.get(id=lost.id)


def test_a_final_result_pays_the_winner_and_takes_the_loser_s_stake(ada: User, ben: User) -> None:
    event, won, lost = match_with_two_bets(ada, ben)

    assert settle_event(event_id=event.pk) == 2

    won.refresh_from_db()
    lost.refresh_from_db()
    paid = winnings_of(won)
    assert (won.status, won.payout_minor, won.settlement_no) == ("won", paid, 1)
    assert (lost.status, lost.payout_minor, lost.settlement_no) == ("lost", 0, 1)
    assert available(ada) == 100_000 - 1_000 + paid
    assert available(ben) == 100_000 - 2_000
    assert (open_stakes(), revenue()) == (0, 3_000 - paid)
    assert list_ledger_faults() == []
    ada_wallet, ben_wallet = get_wallet(ada.id, "PLY"), get_wallet(ben.id, "PLY")
    assert (ada_wallet.won_minor, ada_wallet.lost_minor) == (paid - 1_000, 0)
    assert (ben_wallet.won_minor, ben_wallet.lost_minor) == (0, 2_000)


def test_history_keeps_what_each_settlement_used(ada: User, ben: User) -> None:
    event, won, lost = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)

    rows = {row.bet_slip_id: row for row in BetHistory.objects.all()}

    assert (rows[won.id].outcome, rows[won.id].actual_result, rows[won.id].winnings_minor) == (
        "won",
        "1-0",
        winnings_of(won),
    )
    assert (rows[lost.id].outcome, rows[lost.id].winnings_minor, rows[lost.id].difference_minor) == ("lost", 0, 0)
    leg = BetLeg.objects.get(slip=won)
    won.refresh_from_db()
    assert rows[won.id].results_used == [{"selection_id": str(leg.selection_id), "version": 1}]
    assert (leg.selection.result, leg.selection.result_version, won.results_sum) == ("won", 1, 1)
    with pytest.raises(DatabaseError, match="append-only"):
        BetHistory.objects.update(winnings_minor=1)


def test_settling_again_changes_nothing(ada: User, ben: User) -> None:
    event, *_ = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)
    before = (Transfer.objects.count(), OutboxChange.objects.count(), RecordedEvent.objects.count())

    assert settle_event(event_id=event.pk) == 0

    assert (Transfer.objects.count(), OutboxChange.objects.count(), RecordedEvent.objects.count()) == before
    assert BetHistory.objects.count() == 2


def test_the_people_hear_of_it_on_their_own_streams(ada: User, ben: User) -> None:
    event, won, lost = match_with_two_bets(ada, ben)
    before = OutboxChange.objects.count()
    note_listeners([f"user:{person.id}" for person in (ada, ben)])
    settle_event(event_id=event.pk)

    changes = list(OutboxChange.objects.order_by("id"))[before:]
    heard = {(change.stream, change.payload["type"]) for change in changes}
    assert heard == {
        (f"user:{person.id}", kind) for person in (ada, ben) for kind in ("slip.settled", "wallet.changed")
    }
    slips = {slip["id"]: slip for one in changes for slip in one.payload.get("slips", [])}
    assert (slips[str(won.id)]["status"], slips[str(lost.id)]["status"]) == ("won", "lost")
    assert slips[str(won.id)]["legs"][0]["result"] == "won"
    fact = RecordedEvent.objects.get(type=SlipsSettled.TYPE)
    told = {one["user_id"]: one["slip_ids"] for one in fact.payload["people"]}
    assert told == {str(ada.id): [str(won.id)], str(ben.id): [str(lost.id)]}


def test_who_does_not_listen_finds_a_gap_and_starts_from_an_image(ada: User, ben: User) -> None:
    event, _won, lost = match_with_two_bets(ada, ben)
    topics = [f"user:{person.id}" for person in (ada, ben)]
    note_listeners(topics[:1])
    before = {topic: head(topic) for topic in topics}

    settle_event(event_id=event.pk)

    missed = read_since(topics[0], before[topics[0]].epoch, before[topics[0]].seq)
    assert missed is not None
    assert [one.change["type"] for one in missed] == ["slip.settled", "wallet.changed"]
    assert head(topics[1]).seq == before[topics[1]].seq + 1
    assert read_since(topics[1], before[topics[1]].epoch, before[topics[1]].seq) is None
    assert BetHistory.objects.filter(bet_slip=lost).count() == 1


def test_the_statement_says_what_was_paid(ada: User, ben: User) -> None:
    event, won, _ = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)

    line = Transaction.objects.filter(user=ada).order_by("-transfer_id")[0]

    assert (line.transaction_type, line.amount_minor, line.ref_kind, line.ref_id) == (
        "payout",
        winnings_of(won),
        "slip",
        won.id,
    )
    assert line.description == ("Paid out: Aldrowmere Rovers, Full-time result, Aldrowmere Rovers v Cindlewick City")


def test_every_market_type_settles_from_the_goals_in_their_order(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    bets = {
        name: bet(ada, selection_of(event, key, outcome), "1.00").id
        for name, key, outcome in (
            ("draw", "1x2", "draw"),
            ("first goal home", "next_goal;goal=1", "home"),
            ("over 1.5", "over_under;total=1.5", "over"),
            ("under 2.5", "over_under;total=2.5", "under"),
            ("both score", "both_to_score", "yes"),
            ("1-1", "correct_score", "1-1"),
            ("0-0", "correct_score", "0-0"),
        )
    }
    goal(event, "home", 10)
    bets["second goal home"] = bet(ada, selection_of(event, "next_goal;goal=2", "home"), "1.00").id
    goal(event, "away", 50)
    bets["no third goal"] = bet(ada, selection_of(event, "next_goal;goal=3", "none"), "1.00").id
    end_match(event)

    settle_event(event_id=event.pk)

    slips = BetSlip.objects.in_bulk(list(bets.values()))
    assert {name: slips[slip_id].status for name, slip_id in bets.items()} == {
        "draw": "won",
        "first goal home": "won",
        "over 1.5": "won",
        "under 2.5": "won",
        "both score": "won",
        "1-1": "won",
        "0-0": "lost",
        "second goal home": "lost",
        "no third goal": "won",
    }
    assert set(Market.objects.filter(event_id=event.pk).values_list("status", flat=True)) == {"settled"}
    assert not Selection.objects.filter(market__event_id=event.pk, result="").exists()
    assert list_ledger_faults() == []


def test_a_corrected_result_posts_the_difference(ada: User, ben: User) -> None:
    event, won, lost = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)
    paid_to_ada = winnings_of(won)

    correct_result(event_id=event.pk, home_goals=0, away_goals=1, reason="The scorer was misread")
    assert settle_event(event_id=event.pk) == 2

    won.refresh_from_db()
    lost.refresh_from_db()
    assert (won.status, won.payout_minor, won.settlement_no) == ("lost", 0, 2)
    assert (lost.status, lost.payout_minor, lost.settlement_no) == ("won", winnings_of(lost), 2)
    assert available(ada) == 100_000 - 1_000
    assert available(ben) == 100_000 - 2_000 + winnings_of(lost)
    correction = Transfer.objects.get(kind="settlement_correction")
    assert (correction.amount_minor, correction.ref) == (paid_to_ada, f"{won.id}:2")
    assert get_wallet(ada.id, "PLY").won_minor == 0
    assert get_wallet(ada.id, "PLY").lost_minor == 1_000
    assert get_wallet(ben.id, "PLY").lost_minor == 0
    assert list_ledger_faults() == []
    assert SelectionResult.objects.filter(selection__market__key="1x2").count() == 3 + 2  # the draw stays lost


def test_a_correction_that_leaves_a_result_alone_settles_nothing_again(ada: User, ben: User) -> None:
    event, *_ = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)

    correct_result(event_id=event.pk, home_goals=2, away_goals=0, reason="A goal was given later")

    assert settle_event(event_id=event.pk) == 0
    assert BetHistory.objects.count() == 2
    book = EventBook.objects.get(event_id=event.pk)
    assert (book.graded_result_version, book.settled_result_version) == (2, 2)


def test_a_correction_of_spent_winnings_may_overdraw_and_says_by_what(ada: User, ben: User) -> None:
    event, *_ = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)
    other = make_live_priced_event()
    home = selection_of(other, "1x2", "home")
    while available(ada) >= 10:
        minor = min(available(ada), 50_000)
        bet(ada, home, f"{minor // 100}.{minor % 100:02d}")

    correct_result(event_id=event.pk, home_goals=0, away_goals=0, reason="The goal was struck off")
    settle_event(event_id=event.pk)

    account = LedgerAccount.objects.get(id=get_wallet(ada.id, "PLY").account_id)
    assert account.balance_minor < 0
    assert account.overdrawn_by == "settlement"
    assert list_ledger_faults() == []


def test_a_result_that_was_applied_is_not_graded_again(ada: User, ben: User) -> None:
    event, *_ = match_with_two_bets(ada, ben)
    settle_event(event_id=event.pk)
    versions = SelectionResult.objects.count()

    settle_event(event_id=event.pk)

    assert SelectionResult.objects.count() == versions


def test_nothing_is_settled_before_the_result_is_final(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "over_under;total=0.5", "over"))
    score_goal(event, "home", minute=30)
    resume_betting(event_id=event.pk)

    assert settle_event(event_id=event.pk) == 0
    assert open_stakes() == stakes_of_open_slips() == 1_000


def test_batches_settle_everything_once(ada: User, ben: User) -> None:
    for person in (ada, ben):
        fund(person)
    event = make_live_priced_event()
    for number in range(11):
        bet((ada, ben)[number % 2], selection_of(event, "1x2", ("home", "draw", "away")[number % 3]), "1.00")
    end_match(event)

    assert settle_event(event_id=event.pk, batch_slips=3) == 11

    assert BetHistory.objects.count() == 11
    assert set(BetSlip.objects.values_list("settlement_no", flat=True)) == {1}
    assert RecordedEvent.objects.filter(type=SlipsSettled.TYPE).count() == 4
    assert Transfer.objects.filter(kind="stakes_settled").count() == 4
    assert open_stakes() == 0
    assert list_ledger_faults() == []


def updates_of_slips() -> tuple[int, int]:
    """Updates of slips in this transaction, and those of them that wrote no index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'betting_slip'")
        updated, in_place = cursor.fetchone()
    return updated, in_place


def test_settling_writes_no_index_of_slips(ada: User) -> None:
    """An index whose condition names the status would be written for each slip of a million."""
    event = make_live_priced_event()
    fund(ada)
    for _ in range(5):
        bet(ada, selection_of(event, "1x2", "home"), "1.00")
    end_match(event)
    before = updates_of_slips()

    settle_event(event_id=event.pk)

    updated, in_place = (now - then for now, then in zip(updates_of_slips(), before, strict=True))
    assert (updated, in_place) == (5, 5)
