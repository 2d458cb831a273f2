"""The view behind `Transaction`: each side of a transfer on a person's account is one line of their statement."""

from django.db import migrations

VIEW = """
    CREATE VIEW payments_transaction AS
    SELECT transfer.id || '-debit' AS id, transfer.id AS transfer_id, account.id AS account_id,
           account.kind AS account_kind, account.owner_id AS user_id, account.currency,
           transfer.kind AS transaction_type, -transfer.amount_minor AS amount_minor,
           transfer.debit_balance_after_minor AS balance_after_minor,
           transfer.ref_kind, transfer.ref_id, transfer.description, transfer.created_at AS date
      FROM payments_transfer AS transfer
      JOIN payments_ledgeraccount AS account ON account.id = transfer.debit_account_id
     WHERE transfer.debit_balance_after_minor IS NOT NULL
    UNION ALL
    SELECT transfer.id || '-credit', transfer.id, account.id,
           account.kind, account.owner_id, account.currency,
           transfer.kind, transfer.amount_minor,
           transfer.credit_balance_after_minor,
           transfer.ref_kind, transfer.ref_id, transfer.description, transfer.created_at
      FROM payments_transfer AS transfer
      JOIN payments_ledgeraccount AS account ON account.id = transfer.credit_account_id
     WHERE transfer.credit_balance_after_minor IS NOT NULL;
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0004_statement_view")]

    dependencies = [("payments", "0004_closed_books")]

    operations = [migrations.RunSQL(VIEW, reverse_sql="DROP VIEW payments_transaction")]
