"""What every page of betting in the admin shares: who may look, and how money is written."""

from typing import Final

from django.http import HttpRequest

from betting.access import is_trader
from project.kit.http import caller_of
from project.kit.money import format_minor
from project.kit.read_only_admin import ReadOnlyAdmin

FINANCE: Final = frozenset({"FINANCE"})


def money(minor: int | None, currency: str) -> str:
    return "-" if minor is None else f"{format_minor(minor, currency)} {currency}"


class TradingAdmin(ReadOnlyAdmin):
    """A page of the trading desk: admins and the group of traders."""

    def may_view(self, request: HttpRequest) -> bool:
        return super().may_view(request) or self.is_trader(request)

    def is_trader(self, request: HttpRequest) -> bool:
        return is_trader(caller_of(request))

    def has_trade_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether this person changes things here: asked for the buttons and again when one is pressed."""
        return is_trader(caller_of(request))
