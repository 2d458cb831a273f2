"""How many rows the lists of sports return: a list without an end is an outage in waiting."""

from typing import Final

IN_PLAY_ROWS: Final = 200  # the lobby of a busy Saturday; more are found by competition
UPCOMING_ROWS: Final = 40
FINISHED_ROWS: Final = 12
INCIDENT_ROWS: Final = 500  # the busiest match on record has far fewer than 100
COMPETITION_ROWS: Final = 500
