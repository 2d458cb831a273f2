"""A book is read with the statuses that clients are shown; what the desk did and what was cashed out stays."""

from django.db import migrations

from project.kit.fields import append_only_sql

READ_BOOK = """
    -- Lock the book of an event, made if there is none, and then read it with the newest state of its match.
    -- A function because planning these joins each time would cost more than running them.
    CREATE OR REPLACE FUNCTION betting_read_book(book_event uuid) RETURNS jsonb
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
                                       selection.id, selection.outcome, selection.name, selection.odds_milli
                                   ) ORDER BY selection.sort)
                              FROM betting_selection AS selection
                             WHERE selection.market_id = market.id)
                       ) ORDER BY market.sort), '[]'::jsonb)
                  FROM betting_market AS market
                 WHERE market.event_id = book_event
            )
        );
    END $$;
"""
READ_BOOK_BEFORE = """
    -- Lock the book of an event, made if there is none, and then read it with the newest state of its match.
    -- A function because planning these joins each time would cost more than running them.
    CREATE OR REPLACE FUNCTION betting_read_book(book_event uuid) RETURNS jsonb
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
                           market.id, market.key, market.market_type, market.specifiers, market.status,
                           (SELECT jsonb_agg(jsonb_build_array(
                                       selection.id, selection.outcome, selection.name, selection.odds_milli
                                   ) ORDER BY selection.sort)
                              FROM betting_selection AS selection
                             WHERE selection.market_id = market.id)
                       ) ORDER BY market.sort), '[]'::jsonb)
                  FROM betting_market AS market
                 WHERE market.event_id = book_event
            )
        );
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0008_desk_and_switches")]

    operations = [
        migrations.RunSQL(READ_BOOK, reverse_sql=READ_BOOK_BEFORE),
        *(migrations.RunSQL(*append_only_sql(table)) for table in ("betting_desk_record", "betting_cash_out")),
    ]
