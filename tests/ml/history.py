"""A short made-up past for models to learn from."""

from datetime import UTC, datetime

from sports.actions.history import import_past_matches
from sports.core.synthetic import SyntheticLeague

UNTIL = datetime(2026, 7, 1, tzinfo=UTC)


def import_league(seed: int = 7) -> int:
    """Two finished seasons of one competition with prices; returns how many matches that was."""
    matches = SyntheticLeague(seed=seed, competitions=1).history(UNTIL)
    return import_past_matches(source_name=f"league {seed}", matches=matches)
