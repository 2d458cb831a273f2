"""Turns what a person typed into what is stored. Refuses text in which nothing would be visible."""

from community.core.texts import clean_line, clean_text, is_blank
from project.kit.errors import ValidationFailed


def get_visible_text(text: str, *, pointer: str) -> str:
    """The cleaned text. Raises ValidationFailed, naming the field, when it is blank."""
    cleaned = clean_text(text)
    _check_visible(cleaned, pointer)
    return cleaned


def get_visible_line(text: str, *, pointer: str, length_min: int = 1, length_max: int | None = None) -> str:
    """The cleaned text on one line. Raises ValidationFailed when it is blank, too short or too long once cleaned.

    Cleaning may lengthen: some characters have a normal form of two or three.
    """
    cleaned = clean_line(text)
    _check_visible(cleaned, pointer)
    if len(cleaned) < length_min:
        message = f"Write at least {length_min} characters."
        raise ValidationFailed(errors=[{"pointer": pointer, "code": "too_short", "message": message}])
    if length_max is not None and len(cleaned) > length_max:
        message = f"Write at most {length_max} characters."
        raise ValidationFailed(errors=[{"pointer": pointer, "code": "too_long", "message": message}])
    return cleaned


def _check_visible(cleaned: str, pointer: str) -> None:
    if is_blank(cleaned):
        raise ValidationFailed(errors=[{"pointer": pointer, "code": "blank", "message": "Write something first."}])
