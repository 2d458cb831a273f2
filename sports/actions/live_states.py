"""Writing a new match state and telling everyone: the one way in which a scoreboard changes.

Called inside an action's transaction with the live state's row locked.
"""

from project.kit import clock
from project.kit.streams import publish_latest
from project.kit.topics import Keyed
from sports.core.sport_state import AnyState, to_columns
from sports.models import LiveState
from sports.queries.scoreboards import get_side_names, scoreboard_of
from sports.streams import EVENT_SCOREBOARD, LOBBY_SCORES, SCOREBOARD_KEY


def store_state(live: LiveState, state: AnyState) -> None:
    """Write the state with the next version, and count the stop where betting goes from open to stopped."""
    if state.is_betting_stopped and not live.is_betting_stopped:
        live.stop_count += 1
    columns = to_columns(state)
    for name, value in columns.items():
        setattr(live, name, value)
    live.version += 1
    live.updated_at = clock.now()
    live.save(update_fields=[*columns, "stop_count", "version", "updated_at"])


def publish_scoreboard(live: LiveState) -> None:
    """Send the stored state to the event's page and to the lobby, after commit."""
    key = str(live.event_id)
    scoreboard = scoreboard_of(live).to_json()
    names = get_side_names(live.event_id)
    publish_latest(EVENT_SCOREBOARD.name_for(event_id=key), [Keyed(SCOREBOARD_KEY, live.version, scoreboard)])
    lobby_score = {**scoreboard, "home_name": names.home, "away_name": names.away}
    publish_latest(LOBBY_SCORES.pattern, [Keyed(key, live.version, lobby_score)])
