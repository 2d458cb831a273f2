"""The only code that touches model libraries. An engine takes numbers and gives numbers."""
