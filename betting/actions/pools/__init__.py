"""Pools: opening one, staking in it, dividing it, and calling it off."""
