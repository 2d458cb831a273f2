"""What the images of price topics add up to, so that a hub notices a message that never reached it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from betting.core.catalogue import LOBBY_KEYS
from project.kit.topics import Arguments, Tally

_EVENTS = """
    SELECT event_id, sum(keys)::bigint, sum(versions)::bigint
      FROM (SELECT event_id, count(*) AS keys, sum(version) AS versions
              FROM betting_market WHERE event_id = ANY (%(events)s::uuid[]) GROUP BY event_id
            UNION ALL
            SELECT market.event_id, count(*), sum(selection.version)
              FROM betting_market AS market
              JOIN betting_selection AS selection ON selection.market_id = market.id
             WHERE market.event_id = ANY (%(events)s::uuid[]) GROUP BY market.event_id) AS part
     GROUP BY event_id
"""

_LOBBY = """
    SELECT count(*), coalesce(sum(version), 0)::bigint
      FROM (SELECT greatest(market.version, max(selection.version)) AS version
              FROM betting_event_book AS book
              JOIN betting_market AS market ON market.event_id = book.event_id AND market.key = ANY (%s)
              JOIN betting_selection AS selection ON selection.market_id = market.id
             WHERE book.graded_result_version = 0
             GROUP BY market.id) AS shown
"""

NOTHING = Tally(0, 0)


def tally_event_prices(arguments: Sequence[Arguments]) -> list[Tally]:
    """One tally per event, in the order asked."""
    event_ids = [UUID(one["event_id"]) for one in arguments]
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"events": event_ids})
        found = {event_id: Tally(keys, versions) for event_id, keys, versions in cursor.fetchall()}
    return [found.get(event_id, NOTHING) for event_id in event_ids]


def tally_lobby_prices(arguments: Sequence[Arguments]) -> list[Tally]:
    """The one lobby's tally, as often as it was asked."""
    with connection.cursor() as cursor:
        cursor.execute(_LOBBY, [list(LOBBY_KEYS)])
        tally = Tally(*cursor.fetchone())
    return [tally] * len(arguments)
