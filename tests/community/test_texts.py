"""What a person typed becomes what is stored: one form, nothing invisible that hides or reorders."""

import pytest

from community.core.texts import clean_line, clean_text, is_blank


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  hello  ", "hello"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\tstays", "tab\tstays"),
        ("bell\x07 gone\x00", "bell gone"),
        ("safe\u202egnp.exe\u202c", "safegnp.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("e\u0301", "\u00e9"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
    ],
)
def test_text_is_cleaned(typed: str, stored: str) -> None:
    assert clean_text(typed) == stored


def test_a_line_has_single_spaces() -> None:
    assert clean_line(" two \n lines\t here ") == "two lines here"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u200d", "\u00a0", "\u2060\ufeff"])
def test_nothing_visible_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " . ", "\U0001f600", "-"])
def test_anything_visible_is_not_blank(text: str) -> None:
    assert not is_blank(text)
