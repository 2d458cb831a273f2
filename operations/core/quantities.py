"""Counts, rates and sizes in the few characters a figure has room for."""

from typing import Final

UNITS: Final = ("B", "KB", "MB", "GB", "TB")
EXACT_BELOW: Final = 1_000_000


def write_count(value: float) -> str:
    """`1,234`, and from a million on `1.2 million`."""
    if value >= EXACT_BELOW:
        return f"{value / 1_000_000:,.1f} million"
    return f"{value:,.0f}"


def write_rate(per_s: float) -> str:
    """`0`, `0.4`, `1,234`: small rates keep one decimal, so that little is told from nothing."""
    return f"{per_s:.1f}" if 0.05 <= per_s < 10 else write_count(per_s)


def write_bytes(size: float) -> str:
    """`640 B`, `1.2 KB`, `85 MB`: two digits or more, in thousands."""
    unit = 0
    while size >= 1_000 and unit < len(UNITS) - 1:
        size /= 1_000
        unit += 1
    return f"{size:.1f} {UNITS[unit]}" if unit and size < 10 else f"{size:.0f} {UNITS[unit]}"
