"""Reads about money: wallets, statements, house accounts, and whether the books are right."""
