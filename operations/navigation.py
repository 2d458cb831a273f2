"""The admin's menu, made from what the person may open, and the small things around it."""

from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from betting.access import is_trader
from community.queries.moderation import count_open_reports
from project.kit.http import caller_of

# Material Symbols, bundled with unfold, by model label, in the order of the menu.
ICONS: Final = {
    "community.report": "flag",
    "community.moderationaction": "gavel",
    "community.communitypost": "forum",
    "community.postreply": "reply",
    "accounts.user": "person",
    "sports.event": "sports_soccer",
    "betting.deskaction": "approval_delegation",
    "betting.bettingswitch": "emergency_home",
    "betting.eventbook": "menu_book",
    "betting.market": "table_chart",
    "betting.betslip": "receipt_long",
    "betting.cashout": "payments",
    "betting.customerlimit": "tune",
    "betting.deskrecord": "history",
    "payments.withdrawal": "outbox",
    "payments.transfer": "swap_horiz",
    "payments.ledgeraccount": "account_balance",
    "payments.wallet": "account_balance_wallet",
    "ml.mlmodel": "neurology",
    "realtime.notification": "notifications",
    "realtime.systemnotification": "campaign",
}
DEFAULT_ICON: Final = "data_table"
GROUPS: Final = ("community", "sports", "betting", "payments", "accounts", "ml", "realtime", "operations")


def list_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups in the order of daily work, each with the pages this person may open."""
    home = {"title": "Overview", "icon": "dashboard", "link": reverse("admin:index")}
    status = {"title": "Status", "icon": "monitor_heart", "link": reverse("admin:status")}
    items = [home, status]
    if is_trader(caller_of(request)):
        items.insert(1, {"title": "Trading desk", "icon": "candlestick_chart", "link": reverse("admin:trading")})
    groups: list[dict[str, Any]] = [{"items": items}]
    apps = {app["app_label"]: app for app in admin.site.get_app_list(request)}
    for label in (*GROUPS, *sorted(set(apps) - set(GROUPS))):
        if label in apps:
            pages = sorted((model for model in apps[label]["models"] if model["admin_url"]), key=_place)
            items = [_describe_page(model) for model in pages]
            groups.append({"title": apps[label]["name"], "separator": True, "items": items})
    return groups


def _place(model: dict[str, Any]) -> tuple[int, str]:
    """Pages with an icon of their own first, in the order they stand in `ICONS`; the others by name."""
    known = list(ICONS)
    label = model["model"]._meta.label_lower
    return (known.index(label) if label in known else len(known), str(model["name"]))


def _describe_page(model: dict[str, Any]) -> dict[str, Any]:
    label = model["model"]._meta.label_lower
    page = {
        "title": str(model["name"]),
        "icon": ICONS.get(label, DEFAULT_ICON),
        "link": str(model["admin_url"]),
    }
    if label == "community.report":
        waiting = count_open_reports()
        page |= {"badge": str(waiting), "badge_variant": "danger"} if waiting else {}
    return page


def get_environment_label(request: HttpRequest) -> list[str] | None:
    """A coloured word beside the account outside production, so that nobody mistakes one for the other."""
    return None if settings.IS_PRODUCTION else [settings.ENVIRONMENT.capitalize(), "warning"]


def get_stylesheet(request: HttpRequest) -> str:
    """The few styles of our own."""
    return static("operations/admin.css")


def get_script(request: HttpRequest) -> str:
    """What makes unfold's dialogs and menus work for the keyboard and for screen readers."""
    return static("operations/dialogs.js")


def get_favicon(request: HttpRequest) -> str:
    """The client's icon."""
    return "/assets/icon.svg"
