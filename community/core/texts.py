"""What counts as a text a person may publish: normalised, without characters that hide or reorder others, not blank."""

import unicodedata
from typing import Final

MESSAGE_CHARS_MAX: Final = 4_000
TITLE_CHARS_MIN: Final = 3
TITLE_CHARS_MAX: Final = 140
CONTENT_CHARS_MAX: Final = 10_000
NOTE_CHARS_MAX: Final = 1_000
REASON_CHARS_MAX: Final = 500

# Embeddings, overrides and isolates make a line read differently from what it says (CVE-2021-42574).
_REORDERING: Final = frozenset(chr(point) for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_KEPT_CONTROLS: Final = frozenset("\n\t")


def _is_kept(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return True
    return character not in _REORDERING and unicodedata.category(character) not in {"Cc", "Cs"}


def clean_text(text: str) -> str:
    """The text in NFC with one kind of line end, without control or reordering characters, trimmed."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if _is_kept(character)).strip()


def clean_line(text: str) -> str:
    """Like `clean_text`, on one line with single spaces: for titles and reasons."""
    return " ".join(clean_text(text).split())


def is_blank(text: str) -> bool:
    """Whether nothing of the text would be visible: spaces, zero-width marks and fillers only."""
    return all(character.isspace() or unicodedata.category(character) in {"Cf", "Zs", "Cc"} for character in text)
