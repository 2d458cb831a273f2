"""Reads of ml."""
