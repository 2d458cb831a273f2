"""The trading desk's pages: books, markets and prices, slips and their history, pools, strategies."""

from betting.admin import markets, pools, slips, strategies

__all__ = ["markets", "pools", "slips", "strategies"]
