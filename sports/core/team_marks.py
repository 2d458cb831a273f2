"""Marks of teams that come without any: three capitals and a colour, always the same for the same name."""

import unicodedata
import zlib
from typing import Final

# Readable as a patch on a dark and on a light page; neighbours differ in hue.
PALETTE: Final = (
    "#d6453d",
    "#2f7de1",
    "#e8a317",
    "#2a9d6f",
    "#8e5bd0",
    "#e2702a",
    "#1f9fb4",
    "#c2417c",
    "#6b8e23",
    "#4a66c9",
    "#b5651d",
    "#3fa34d",
    "#a23b72",
    "#5f7f95",
    "#d98324",
    "#7a6ff0",
)


def short_name_of(name: str) -> str:
    """Three capitals: `Crystal Palace` is CPA, `Fulham` is FUL."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = ["".join(letter for letter in word if letter.isalnum()) for word in plain.replace("-", " ").split()]
    words = [word for word in words if word]
    if not words:
        return "XXX"
    letters = words[0] if len(words) == 1 else words[0][0] + words[1]
    return (letters + words[-1] + "XXX")[:3].upper()


def color_of(name: str) -> str:
    """A colour of the palette as #rrggbb."""
    return PALETTE[zlib.crc32(name.encode()) % len(PALETTE)]
