"""What every page of betting in the admin shares: who may look, and how money is written."""

from typing import Final

from django.http import HttpRequest

from betting.access import is_trader
from project.kit.http import caller_of
from project.kit.money import format_minor
from project.kit.read_only_admin import ReadOnlyAdmin

FINANCE: Final = frozenset({"FINANCE"})
_IS_TRADER: Final = "is_trader"  # the request's attribute


def money(minor: int | None, currency: str) -> str:
    return "-" if minor is None else f"{format_minor(minor, currency)} {currency}"


class TradingAdmin(ReadOnlyAdmin):
    """A page of the trading desk: admins and the group of traders.

    Drawing a page asks several times for each page that its menu may show: who asks is looked up once a request.
    """

    def may_view(self, request: HttpRequest) -> bool:
        return super().may_view(request) or self.is_trader(request)

    def is_trader(self, request: HttpRequest) -> bool:
        known: bool | None = getattr(request, _IS_TRADER, None)
        if known is None:
            known = is_trader(caller_of(request))
            setattr(request, _IS_TRADER, known)
        return known

    def has_trade_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether this person changes things here: asked for the buttons and again when one is pressed."""
        return self.is_trader(request)
