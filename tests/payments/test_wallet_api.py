"""A person's wallet and statement over HTTP: their own, exact, and nobody else's."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from payments.actions.ledger import post
from payments.core.postings import TransferDraft
from payments.models import Wallet
from project.kit.ids import new_id
from tests.payments.books import draft_between, issuance, move, stakes, wallet_of

pytestmark = pytest.mark.django_db


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content
    return response.json()


def test_a_visitor_has_no_wallet(client: Client) -> None:
    assert get(client, "/api/wallet", 401)["code"] == "not_authenticated"
    assert get(client, "/api/wallet/transactions", 401)["code"] == "not_authenticated"


def test_looking_at_the_wallet_opens_it(ada: User) -> None:
    client = logged_in(ada)

    first, second = get(client, "/api/wallet"), get(client, "/api/wallet")

    assert first == second
    assert first == {
        "withdrawals": [],
        "wallets": [
            {
                "currency": currency,
                "available": amount,
                "held": "0.00",
                "total_winnings": "0.00",
                "total_losses": "0.00",
            }
            for currency, amount in (("PLY", "1000.00"), ("CRD", "10.00"))
        ],
    }
    assert Wallet.objects.count() == 2


def test_held_funds_and_results_show_in_the_wallet(ada: User) -> None:
    wallet = wallet_of(ada.id)
    held = Wallet.objects.get(user=ada, currency="PLY").held_account_id
    move(wallet, held, 4_000, "hold-1", kind="hold")
    record_results([(wallet, 1_250, 0), (wallet, 0, 500)])

    shown = get(logged_in(ada), "/api/wallet")["wallets"][0]

    assert shown == {
        "currency": "PLY",
        "available": "960.00",
        "held": "40.00",
        "total_winnings": "12.50",
        "total_losses": "5.00",
    }


def test_a_corrected_result_takes_its_part_back(ada: User) -> None:
    wallet = wallet_of(ada.id)
    record_results([(wallet, 1_250, 0)])

    record_results([(wallet, -1_250, 0), (wallet, 0, 1_000)])

    shown = get(logged_in(ada), "/api/wallet")["wallets"][0]
    assert (shown["total_winnings"], shown["total_losses"]) == ("0.00", "10.00")


def test_the_statement_tells_what_moved_the_funds(ada: User) -> None:
    wallet = wallet_of(ada.id)
    slip_id = new_id()
    post([bet(wallet, slip_id, "Home v Away: Home at 2.50")])

    page = get(logged_in(ada), "/api/wallet/transactions?currency=PLY")

    assert page["next_cursor"] is None
    stake, grant = page["items"]
    assert stake == {
        "id": stake["id"],
        "transaction_type": "stake",
        "amount": "-25.00",
        "balance_after": "975.00",
        "currency": "PLY",
        "description": "Home v Away: Home at 2.50",
        "date": stake["date"],
        "slip_id": str(slip_id),
    }
    assert (grant["transaction_type"], grant["amount"], grant["balance_after"]) == ("grant", "1000.00", "1000.00")
    assert grant["slip_id"] is None
    assert stake["date"].endswith("Z")


def test_the_statement_comes_in_pages_without_gap_or_repetition(ada: User) -> None:
    wallet = wallet_of(ada.id)
    for number in range(7):
        move(wallet, stakes(), 100, f"slip-{number}", kind="stake")
    client = logged_in(ada)

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(client, f"/api/wallet/transactions?currency=PLY&limit=3&cursor={cursor}")
        seen += [item["balance_after"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen == ["993.00", "994.00", "995.00", "996.00", "997.00", "998.00", "999.00", "1000.00"]


def test_without_a_currency_the_statement_covers_all(ada: User) -> None:
    wallet_of(ada.id)

    items = get(logged_in(ada), "/api/wallet/transactions")["items"]

    assert sorted((item["currency"], item["amount"]) for item in items) == [("CRD", "10.00"), ("PLY", "1000.00")]


def test_held_funds_have_no_line_of_their_own(ada: User) -> None:
    wallet = wallet_of(ada.id)
    held = Wallet.objects.get(user=ada, currency="PLY").held_account_id
    move(wallet, held, 4_000, "hold-1", kind="hold")

    items = get(logged_in(ada), "/api/wallet/transactions?currency=PLY")["items"]

    assert [(item["transaction_type"], item["amount"]) for item in items] == [("hold", "-40.00"), ("grant", "1000.00")]


def test_nobody_sees_anothers_statement(ada: User, ben: User, mod: User) -> None:
    move(wallet_of(ada.id), stakes(), 100, "adas-slip", kind="stake")
    wallet_of(ben.id)

    for person in (ben, mod):
        items = get(logged_in(person), "/api/wallet/transactions")["items"]
        assert "stake" not in [item["transaction_type"] for item in items]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("cursor=!!", 400, "bad_request"),
        ("cursor=WyJ4Il0", 400, "bad_request"),
        ("currency=ply", 422, "validation_error"),
        ("currency=XXX", 200, ""),
        ("limit=0", 422, "validation_error"),
        ("limit=101", 422, "validation_error"),
        ("limit=1e1", 422, "validation_error"),
    ],
)
def test_strange_queries_are_refused(ada: User, query: str, status: int, code: str) -> None:
    answer = get(logged_in(ada), f"/api/wallet/transactions?{query}", status)

    assert answer.get("code", "") == code


def test_a_page_reads_few_rows(ada: User, django_assert_max_num_queries: Any) -> None:
    move(issuance(), wallet_of(ada.id), 5, "gift")
    client = logged_in(ada)

    with django_assert_max_num_queries(4):  # session, person, accounts, lines
        get(client, "/api/wallet/transactions")


def bet(wallet: UUID, slip_id: UUID, description: str) -> TransferDraft:
    return TransferDraft(
        kind="stake",
        ref=str(slip_id),
        debit_account_id=wallet,
        credit_account_id=stakes(),
        amount_minor=2_500,
        ref_kind="slip",
        ref_id=slip_id,
        description=description,
    )


def record_results(results: list[tuple[UUID, int, int]]) -> None:
    with connection.cursor() as cursor:
        rows = [(str(account), won, lost) for account, won, lost in results]
        cursor.execute("SELECT ledger_record_results(%s::ledger_result[])", [rows])


def test_drafts_without_a_reference_link_nowhere(ada: User) -> None:
    post([draft_between(issuance(), wallet_of(ada.id), 5, "gift", kind="adjustment")])

    assert get(logged_in(ada), "/api/wallet/transactions?currency=PLY")["items"][0]["slip_id"] is None
