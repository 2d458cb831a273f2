"""Tests of strategies: their language, decisions, back-tests, paper runs and doors."""
