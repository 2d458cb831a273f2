"""A free bet comes back with a void slip only while no other slip runs on it or was paid for it."""

from django.db import migrations, models

RETURN_FREE_BETS = """
    -- A slip that is void as a whole gives its token back, unless another slip has been placed with it since and stands;
    -- one that no longer is void takes the token, if it is still there.
    CREATE OR REPLACE FUNCTION betting_return_free_bets(settled betting_settled[]) RETURNS void
    LANGUAGE sql VOLATILE AS $$
        UPDATE betting_free_bet AS token
           SET status = CASE slip.outcome WHEN 'void' THEN 'available' ELSE 'used' END
          FROM unnest(settled) AS slip
         WHERE slip.free_bet_id IS NOT NULL
           AND token.id = slip.free_bet_id
           AND (slip.outcome = 'void') <> (slip.status_before = 'void')
           AND token.status = CASE slip.outcome WHEN 'void' THEN 'used' ELSE 'available' END
           AND (slip.outcome <> 'void' OR NOT EXISTS (
                    SELECT FROM betting_slip AS other
                     WHERE other.free_bet_id = token.id AND other.status NOT IN ('void', 'rejected')))
    $$;
"""

WITHOUT_OTHERS = """
    CREATE OR REPLACE FUNCTION betting_return_free_bets(settled betting_settled[]) RETURNS void
    LANGUAGE sql VOLATILE AS $$
        UPDATE betting_free_bet AS token
           SET status = CASE slip.outcome WHEN 'void' THEN 'available' ELSE 'used' END
          FROM unnest(settled) AS slip
         WHERE slip.free_bet_id IS NOT NULL
           AND token.id = slip.free_bet_id
           AND (slip.outcome = 'void') <> (slip.status_before = 'void')
           AND token.status = CASE slip.outcome WHEN 'void' THEN 'used' ELSE 'available' END
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0020_pay_settlements")]

    operations = [
        migrations.AddIndex(
            model_name="betslip",
            index=models.Index(
                fields=["free_bet"], condition=models.Q(free_bet__isnull=False), name="slip_of_free_bet"
            ),
        ),
        migrations.RunSQL(RETURN_FREE_BETS, reverse_sql=WITHOUT_OTHERS),
    ]
