"""The documents of a batch of slips are read once, where they are stored, and what a batch has not is not asked for."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("betting.migrations.0021_slips_told_with_their_wallets").WRITE_SLIPS
# A JSON array was read twice, as a whole and for its elements, and what is told was put together as text and read
# again. The character between documents cannot stand in one: JSON has no control characters.
_WORDS = {
    "states json, replies json, wallets json, placed_change text,\n": (
        "states text, replies text, wallets text, placed_change text,\n"
    ),
    "step: slips (states, replies and wallets as well), legs, which name their slip by its place, and transfers. The\n": (
        "step: slips (states, replies and wallets as well, documents with U+001E between them), legs, which name their\n"
    ),
    "    -- caller holds the locks of betting_read_facts.\n": (
        "    -- slip by its place, and transfers. The caller holds the locks of betting_read_facts.\n"
    ),
    "ARRAY(SELECT json_array_elements(replies))": "string_to_array(replies, E'\\x1e')::json[]",
    "ARRAY(SELECT json_array_elements(states))": "string_to_array(states, E'\\x1e')::json[]",
    "UPDATE betting_free_bet SET status = 'used' WHERE id = ANY (free_bets);": (
        "IF array_remove(free_bets, NULL) <> '{}' THEN\n"
        "            UPDATE betting_free_bet SET status = 'used' WHERE id = ANY (free_bets);\n"
        "        END IF;"
    ),
    """ARRAY(SELECT format('{"type":%s,"slip":%s,"wallet":%s}', to_json(placed_change), slip, wallet)::json
                    FROM unnest(documents, ARRAY(SELECT json_array_elements(wallets))) AS told (slip, wallet))""": (
        """ARRAY(SELECT to_json(change)
                    FROM (SELECT placed_change AS type, slip, wallet
                            FROM unnest(documents, string_to_array(wallets, E'\\x1e')::json[]) AS told (slip, wallet))
                      AS change)"""
    ),
}


def read_once(function: str) -> str:
    for twice, once in _WORDS.items():
        assert twice in function, twice
        function = function.replace(twice, once)
    return function


class Migration(migrations.Migration):
    dependencies = [("betting", "0033_free_bets_that_win_nothing_have_lost")]

    operations = [
        migrations.RunSQL("DROP FUNCTION betting_write_slips", reverse_sql=BEFORE),
        migrations.RunSQL(read_once(BEFORE), reverse_sql="DROP FUNCTION betting_write_slips"),
    ]
