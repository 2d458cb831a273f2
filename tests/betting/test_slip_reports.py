"""Account of one's own slips: sums, a file for a spreadsheet, settlements; nobody sees anybody else's."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.cash_out import quote_cash_out, take_cash_out
from betting.actions.settle_event import settle_event
from betting.models import BetSlip, CashOut, CashOutQuote, Selection
from betting.schemas.cash_outs import QuoteCashOutCommand
from project.kit.money import format_minor
from sports.actions import correct_result
from sports.models import Event
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
from tests.betting.slips import Pick, write_slip
from tests.sports.matches import end_match, score_goal

pytestmark = pytest.mark.django_db


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content
    return response.json()


def rows_of(client: Client) -> list[dict[str, str]]:
    response = client.get("/api/slips.csv")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="slips.csv"'
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def settled_match(user: User) -> tuple[Event, BetSlip, BetSlip]:
    """Home wins 1-0: ten on home are won, twenty on away lost."""
    fund(user)
    event = make_live_priced_event()
    won = bet(user, selection_of(event, "1x2", "home"), "10.00")
    lost = bet(user, selection_of(event, "1x2", "away"), "20.00")
    score_goal(event, "home", minute=30)
    end_match(event)
    settle_event(event_id=event.pk)
    return event, BetSlip.objects.get(id=won.id), BetSlip.objects.get(id=lost.id)


def test_a_summary_adds_up_what_is_settled_and_what_runs(ada: User) -> None:
    _, won, _ = settled_match(ada)
    other = make_live_priced_event()
    bet(ada, selection_of(other, "1x2", "home"), "5.00")

    summary = get(logged_in(ada), "/api/slips/summary")

    assert won.payout_minor is not None
    assert summary == {
        "currency": "PLY",
        "open": 1,
        "running": "5.00",
        "settled": 2,
        "won": 1,
        "staked": "30.00",
        "returned": format_minor(won.payout_minor, "PLY"),
        "profit": format_minor(won.payout_minor - 3_000, "PLY"),
    }


def test_a_summary_of_nothing_is_zero_and_a_currency_is_one_there_is(ada: User) -> None:
    client = logged_in(ada)

    assert get(client, "/api/slips/summary?currency=GBP")["profit"] == "0.00"
    for currency in ("gbp1", "XYZ"):
        assert get(client, f"/api/slips/summary?currency={currency}", 422)["code"] == "validation_error"


def test_the_file_has_a_row_for_each_slip_newest_first(ada: User) -> None:
    _, won, lost = settled_match(ada)

    rows = rows_of(logged_in(ada))

    assert [row["id"] for row in rows] == [str(lost.id), str(won.id)]
    assert won.payout_minor is not None
    assert rows[0] | {"profit": "-20.00", "returned": "0.00", "stake": "20.00", "status": "lost"} == rows[0]
    assert rows[1]["profit"] == format_minor(won.payout_minor - 1_000, "PLY")
    assert rows[1]["selections"].startswith(won.legs.get().selection.name)


def test_the_file_says_which_leg_is_the_banker(ada: User) -> None:
    fund(ada)
    picks = [
        Pick(selection_of(make_live_priced_event(), "1x2", "home"), 2_000, is_banker=number == 0) for number in range(3)
    ]
    write_slip(ada, picks, bet_type="system", sizes=[1])

    [row] = rows_of(logged_in(ada))

    legs = [f"{one.selection.name} @ 2.00 (Full-time result, {one.selection.market.event.name}" for one in picks]
    assert row["selections"] == f"{legs[0]}, banker); {legs[1]}); {legs[2]})"


def test_the_file_tells_when_a_slip_was_cashed_out_to_the_end(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    placed = bet(ada, home, "10.00")
    client, slip = logged_in(ada), BetSlip.objects.get(id=placed.id)

    def cash_out(stake: str) -> CashOut:
        quote = quote_cash_out(slip=BetSlip.objects.get(id=slip.id), command=QuoteCashOutCommand(stake=stake))
        return CashOut.objects.get(id=take_cash_out(quote=CashOutQuote.objects.get(id=quote.id), key=stake).cash_out.id)

    cash_out("4.00")
    [part] = rows_of(client)
    assert (part["settled_at"], part["status"], part["returned"], part["profit"]) == ("", "accepted", "3.80", "")
    last = cash_out("6.00")

    [row] = rows_of(client)
    assert (row["status"], row["returned"], row["profit"]) == ("cashed_out", "9.50", "-0.50")
    assert row["settled_at"] == last.created_at.isoformat()


def test_a_name_that_looks_like_a_formula_is_only_text(ada: User) -> None:
    _, won, _ = settled_match(ada)
    Selection.objects.filter(id=won.legs.get().selection_id).update(name="=HYPERLINK(1)")

    assert rows_of(logged_in(ada))[1]["selections"].startswith("'=HYPERLINK(1)")


def test_a_correction_is_a_further_settlement(ada: User) -> None:
    event, won, _ = settled_match(ada)
    client = logged_in(ada)
    assert won.payout_minor is not None
    paid = format_minor(won.payout_minor, "PLY")

    correct_result(event_id=event.pk, home_goals=0, away_goals=1, reason="scorer's error")
    settle_event(event_id=event.pk)

    settlements = get(client, f"/api/slips/{won.id}/settlements")["settlements"]
    assert [(one["settlement_no"], one["outcome"], one["payout"], one["difference"]) for one in settlements] == [
        (1, "won", paid, paid),
        (2, "lost", "0.00", f"-{paid}"),
    ]


def test_nobody_else_sees_any_of_it(ada: User, ben: User, mod: User) -> None:
    _, won, _ = settled_match(ada)

    for person in (ben, mod):
        client = logged_in(person)
        assert get(client, f"/api/slips/{won.id}/settlements", 404)["code"] == "not_found"
        assert rows_of(client) == []
        assert get(client, "/api/slips/summary")["settled"] == 0
    for path in ("/api/slips/summary", "/api/slips.csv", f"/api/slips/{won.id}/settlements"):
        assert get(Client(), path, 401)["code"] == "not_authenticated"
