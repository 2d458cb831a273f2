"""The trading desk's pages: books, markets and prices, slips and their history, pools."""

from betting.admin import markets, pools, slips

__all__ = ["markets", "pools", "slips"]
