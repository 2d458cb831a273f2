"""The trading desk's pages: books, markets and prices, slips and their history."""

from betting.admin import markets, slips

__all__ = ["markets", "slips"]
