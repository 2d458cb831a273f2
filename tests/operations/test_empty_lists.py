"""An empty list of the back office says what there is none of, and the way back from a search or a filter."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

Enter = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db


def test_an_empty_list_says_what_there_is_none_of(admin_person: User, enter: Enter) -> None:
    page = enter(admin_person).get(reverse("admin:payments_withdrawal_changelist")).content.decode()

    assert ">No withdrawals yet</h2>" in page
    assert "yielded" not in page and "Show all withdrawals" not in page


@pytest.mark.parametrize("narrowed", ["q=nobody", "status__exact=paid"])
def test_a_search_or_a_filter_that_finds_nothing_leads_back(narrowed: str, admin_person: User, enter: Enter) -> None:
    page = enter(admin_person).get(f"{reverse('admin:payments_withdrawal_changelist')}?{narrowed}").content.decode()

    assert ">Nothing found among the withdrawals</h2>" in page
    assert ">Show all withdrawals</a>" in page and "yielded" not in page
