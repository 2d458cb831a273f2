"""Reads about people and their sessions."""
