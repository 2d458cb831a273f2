"""Check the books against their transfers and slips. Exits with 1 and says what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betting.queries.audit import audit_books


class Command(BaseCommand):
    help = "Check that balances are the sums of their transfers, entries sum to zero, and open stakes are the slips'."

    def handle(self, *arguments: Any, **options: Any) -> None:
        audit = audit_books()
        if audit.faults:
            raise CommandError("\n".join(audit.faults))
        self.stdout.write(f"The books are right: {audit.transfers} transfers.")
