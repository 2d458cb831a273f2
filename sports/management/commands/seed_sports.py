"""Makes an empty database ready for the feed: the sports, and a past for models to learn from."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from project.kit import clock
from sports.actions.catalogue import seed_sports
from sports.actions.history import import_past_matches
from sports.core.synthetic import SyntheticLeague
from sports.feeds.sources import (
    HISTORY_SEASONS,
    REPLAY_DIVISIONS,
    RESULTS_SOURCE,
    SYNTHETIC_SOURCE,
)
from sports.importers.past_seasons import list_past_matches
from sports.queries.history import count_history


class Command(BaseCommand):
    help = "Create the sports and, where there is no history yet, import some. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        seed_sports()
        if count_history():
            self.stdout.write("There is history already.")
            return
        self.stdout.write(f"{_import_history()} past matches imported.")


def _import_history() -> int:
    """The seasons before the replayed ones, or the synthetic league's past where matches are synthetic."""
    folder = settings.DATA_FOLDER
    if folder is not None:
        matches = list_past_matches(folder, seasons=HISTORY_SEASONS, divisions=REPLAY_DIVISIONS)
        if matches:
            return import_past_matches(source_name=RESULTS_SOURCE, matches=matches)
    league = SyntheticLeague(settings.FEED_SEED)
    return import_past_matches(source_name=SYNTHETIC_SOURCE, matches=league.history(clock.now()))
