"""The trading desk's pages: books, markets and prices, slips and their history, pools, strategies, risk, proposals."""

from betting.admin import desk_actions, free_bets, markets, pools, risk, slips, strategies

__all__ = ["desk_actions", "free_bets", "markets", "pools", "risk", "slips", "strategies"]
