"""Betting strategies as pure decisions: the language of their rules, what they may know, and what they are worth."""
