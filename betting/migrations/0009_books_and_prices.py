"""Prices in one statement each way: a function that locks and reads a book, one that writes what moved, and a view."""

from django.db import migrations

# Prices change in place all through a match: room on the page keeps the updates away from the indexes.
ROOM_FOR_UPDATES = "ALTER TABLE betting_selection SET (fillfactor = 50)"
NO_ROOM_FOR_UPDATES = "ALTER TABLE betting_selection RESET (fillfactor)"

READ_BOOK = """
    -- Lock the book of an event, made if there is none, and then read it with the newest state of its match.
    -- A function because planning these joins each time would cost more than running them.
    CREATE FUNCTION betting_read_book(book_event uuid) RETURNS jsonb
    LANGUAGE plpgsql AS $$
    DECLARE
        book betting_event_book;
    BEGIN
        SELECT * INTO book FROM betting_event_book WHERE event_id = book_event FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            INSERT INTO betting_event_book (
                event_id, version, priced_state_version, priced_incident_seq,
                graded_result_version, settled_result_version, created_at
            )
            VALUES (book_event, 0, 0, -1, 0, 0, now())
            ON CONFLICT DO NOTHING;
            SELECT * INTO STRICT book FROM betting_event_book WHERE event_id = book_event FOR NO KEY UPDATE;
        END IF;
        RETURN jsonb_build_object(
            'version', book.version,
            'priced_state_version', book.priced_state_version,
            'graded_result_version', book.graded_result_version,
            'status', (SELECT event.status FROM sports_event AS event WHERE event.id = book_event),
            'state', (SELECT to_jsonb(live) FROM sports_live_state AS live WHERE live.event_id = book_event),
            'markets', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(
                           market.id, market.key, market.market_type, market.specifiers,
                           CASE WHEN market.is_stopped AND market.status = 'active' THEN 'suspended' ELSE market.status END,
                           (SELECT jsonb_agg(jsonb_build_array(
                                       selection.id, selection.outcome, selection.name, selection.odds_milli,
                                       selection.held_odds_milli, selection.pressure
                                   ) ORDER BY selection.sort)
                              FROM betting_selection AS selection
                             WHERE selection.market_id = market.id)
                       ) ORDER BY market.sort), '[]'::jsonb)
                  FROM betting_market AS market
                 WHERE market.event_id = book_event
            ),
            'exposure', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(
                           exposure.selection_id, exposure.currency, exposure.stake_minor, exposure.payout_minor
                       )), '[]'::jsonb)
                  FROM betting_market AS market
                  JOIN betting_exposure AS exposure ON exposure.market_id = market.id
                 WHERE market.event_id = book_event AND market.status IN ('active', 'suspended')
            )
        );
    END $$;
"""

WRITE_PRICES = """
    -- Write the moved prices of one book, end the offers of decided markets and say how far the book is priced.
    -- The caller holds the book's row and has opened so many markets. Answers the book's new version.
    CREATE FUNCTION betting_write_prices(
        book_event uuid, state_version bigint, incident_seq integer, match_minute integer, written_at timestamptz,
        selection_ids uuid[], new_odds integer[], new_probabilities float8[], charted boolean[],
        pressed_ids uuid[], new_pressures float8[], decided_market_ids uuid[], opened_markets integer
    ) RETURNS bigint
    LANGUAGE plpgsql AS $$
    DECLARE
        book_version bigint;
    BEGIN
        UPDATE betting_event_book AS book
           SET version = book.version + CASE
                   WHEN cardinality(selection_ids) + cardinality(decided_market_ids) + opened_markets > 0 THEN 1
                   ELSE 0
               END,
               priced_state_version = state_version,
               priced_incident_seq = incident_seq,
               priced_at = written_at
         WHERE book.event_id = book_event
        RETURNING book.version INTO book_version;

        UPDATE betting_selection AS selection
           SET odds_milli = moved.odds,
               probability = moved.probability,
               initial_odds_milli = coalesce(selection.initial_odds_milli, moved.odds),
               version = book_version,
               updated_at = written_at
          FROM unnest(selection_ids, new_odds, new_probabilities) AS moved (id, odds, probability)
         WHERE selection.id = moved.id;

        UPDATE betting_selection AS selection
           SET pressure = pressed.pressure
          FROM unnest(pressed_ids, new_pressures) AS pressed (id, pressure)
         WHERE selection.id = pressed.id;

        INSERT INTO betting_price_point (market_id, selection_id, minute, odds_milli, probability, recorded_at)
        SELECT selection.market_id, moved.id, match_minute, moved.odds, moved.probability, written_at
          FROM unnest(selection_ids, new_odds, new_probabilities, charted)
                   WITH ORDINALITY AS moved (id, odds, probability, is_charted, place)
          JOIN betting_selection AS selection ON selection.id = moved.id
         WHERE moved.is_charted
         ORDER BY moved.place;

        UPDATE betting_market AS market
           SET status = 'inactive', version = book_version
         WHERE market.id = ANY (decided_market_ids) AND market.status IN ('active', 'suspended');

        RETURN book_version;
    END $$;
"""
DROP_WRITE_PRICES = """
    DROP FUNCTION betting_write_prices(
        uuid, bigint, integer, integer, timestamptz, uuid[], integer[], float8[], boolean[], uuid[], float8[], uuid[], integer
    );
"""

DYNAMIC_ODDS = """
    CREATE VIEW betting_dynamic_odds AS
    SELECT selection.id AS selection_id,
           market.event_id,
           market.key || ':' || selection.outcome AS bet_type,
           selection.initial_odds_milli,
           selection.odds_milli AS current_odds_milli,
           selection.updated_at AS last_updated
      FROM betting_selection AS selection
      JOIN betting_market AS market ON market.id = selection.market_id
     WHERE selection.initial_odds_milli IS NOT NULL;
"""


class Migration(migrations.Migration):
    replaces = [
        ("betting", "0002_write_prices"),
        ("betting", "0009_stopped_markets_are_shown"),
        ("betting", "0012_books_under_pressure"),
    ]

    dependencies = [("betting", "0008_paper_suggestions_standings"), ("sports", "0002_what_happens_in_events")]

    operations = [
        migrations.RunSQL(ROOM_FOR_UPDATES, reverse_sql=NO_ROOM_FOR_UPDATES),
        migrations.RunSQL(READ_BOOK, reverse_sql="DROP FUNCTION betting_read_book(uuid)"),
        migrations.RunSQL(WRITE_PRICES, reverse_sql=DROP_WRITE_PRICES),
        migrations.RunSQL(DYNAMIC_ODDS, reverse_sql="DROP VIEW betting_dynamic_odds"),
    ]
