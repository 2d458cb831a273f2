"""Reads of the back office, over all apps below."""
