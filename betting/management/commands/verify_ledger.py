"""Check the books against their transfers and slips. Exits with 1 and says what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betting.queries.audit import list_book_faults
from payments.models import Transfer


class Command(BaseCommand):
    help = "Check that balances are the sums of their transfers, entries sum to zero, and open stakes are the slips'."

    def handle(self, *arguments: Any, **options: Any) -> None:
        faults = list_book_faults()
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"The books are right: {Transfer.objects.count()} transfers.")
