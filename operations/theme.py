"""How the admin looks: Touchline's colours, dark and light, and where its menu and styles come from.

Plain values: settings import this module, so it imports nothing of Django at load time.
"""

from typing import Any, Final

# The client's own tokens: ground, surface, raised, line and ink of the dark theme at the low end, of the light one at
# the high end. unfold takes 900 and 800 for dark ground and lines, 50 to 200 for light ones.
BASE: Final = {
    "50": "#f5f7fa",
    "100": "#edf1f6",
    "200": "#dbe2ea",
    "300": "#c2cdd9",
    "400": "#93a4b5",
    "500": "#64788b",
    "600": "#516070",
    "700": "#2f4050",
    "800": "#22303d",
    "900": "#10171f",
    "950": "#0a0f14",
}
BRAND: Final = {
    "50": "#e7f8f1",
    "100": "#c8f1df",
    "200": "#97e6c4",
    "300": "#62dfab",
    "400": "#3ddca0",
    "500": "#2bd99a",
    "600": "#0b7a55",
    "700": "#096647",
    "800": "#0a4f39",
    "900": "#0a3b2c",
    "950": "#04150e",
}
FONT: Final = {
    "subtle-light": "#516070",
    "subtle-dark": "#93a4b5",
    "default-light": "#3a4754",
    "default-dark": "#c2cdd9",
    "important-light": "#101820",
    "important-dark": "#e9eff5",
}

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Touchline",
    "SITE_HEADER": "Touchline",
    "SITE_SUBHEADER": "Back office",
    "SITE_URL": "/",
    "SITE_SYMBOL": "sports_soccer",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": BASE, "primary": BRAND, "font": FONT},
    "ENVIRONMENT": "operations.navigation.get_environment_label",
    "STYLES": ["operations.navigation.get_stylesheet"],
    "SCRIPTS": ["operations.navigation.get_script"],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "operations.navigation.get_favicon"},
    ],
    "SIDEBAR": {
        "show_search": False,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "operations.navigation.list_navigation",
    },
}
