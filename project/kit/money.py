"""Money and odds at the border: integers inside, decimal strings outside, and no float anywhere.

Money is an integer count of minor units beside a currency; odds are integer thousandths (1.85 is 1850).
"""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import StringConstraints

MONEY_PATTERN = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?\Z"
MONEY_REPLY_PATTERN = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$"
ODDS_PATTERN = r"^[1-9][0-9]{0,5}(\.[0-9]{1,3})?\Z"

# pydantic's regex engine knows `$` as the very end and has no `\Z`, Python's `$` also matches before a line feed.
MoneyIn = Annotated[str, StringConstraints(strict=True, pattern=MONEY_PATTERN.replace(r"\Z", "$"), max_length=12)]
MoneyOut = Annotated[str, StringConstraints(pattern=MONEY_REPLY_PATTERN)]
OddsIn = Annotated[str, StringConstraints(strict=True, pattern=ODDS_PATTERN.replace(r"\Z", "$"), max_length=10)]
OddsOut = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}\.[0-9]{2,3}$")]

_MONEY = re.compile(MONEY_PATTERN, re.ASCII)
_ODDS = re.compile(ODDS_PATTERN, re.ASCII)


@dataclass(frozen=True)
class Currency:
    """A unit of account; `exponent` is the number of decimals of its minor unit (ISO 4217 for real money)."""

    code: str
    exponent: int
    name: str


CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("GBP", 2, "Pound sterling"),
        Currency("EUR", 2, "Euro"),
        Currency("USD", 2, "US dollar"),
        Currency("JPY", 0, "Japanese yen"),
        Currency("PLY", 2, "Practice funds"),
        Currency("CRD", 2, "Credits"),
    )
}
_EXPONENTS = {code: currency.exponent for code, currency in CURRENCIES.items()}


def parse_minor(text: str, currency: str) -> int:
    """Read a non-negative amount such as `12.50` into minor units.

    Raises ValueError on anything else, also when the text has more decimals than the currency.
    """
    if not _MONEY.match(text):
        raise ValueError("not an amount of money")
    whole, _, fraction = text.partition(".")
    exponent = CURRENCIES[currency].exponent
    if len(fraction) > exponent:
        raise ValueError(f"{currency} has {exponent} decimals")
    minor: int = int(whole) * 10**exponent + int(fraction.ljust(exponent, "0") or "0")
    return minor


def format_minor(minor: int, currency: str) -> str:
    """Write minor units as a decimal string with the currency's decimals: 1250 PLY is `12.50`."""
    exponent = _EXPONENTS[currency]
    if exponent == 2 and minor >= 0:  # by far the most, on the path of every bet
        return f"{minor // 100}.{minor % 100:02d}"
    if exponent == 0:
        return str(minor)
    whole, fraction = divmod(abs(minor), 10**exponent)
    return f"{'-' if minor < 0 else ''}{whole}.{fraction:0{exponent}d}"


def parse_milli(text: str) -> int:
    """Read decimal odds such as `2.62` into thousandths. Raises ValueError on anything else or below 1."""
    if not _ODDS.match(text):
        raise ValueError("not decimal odds")
    whole, _, fraction = text.partition(".")
    return int(whole) * 1000 + int(fraction.ljust(3, "0") or "0")


def format_milli(milli: int) -> str:
    """Write thousandths as decimal odds with two decimals, three when the third is not zero."""
    whole, fraction = divmod(milli, 1000)
    text = f"{whole}.{fraction:03d}"
    return text[:-1] if text.endswith("0") else text
