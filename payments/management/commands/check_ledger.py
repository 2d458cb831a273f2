"""Check the books against their transfers. Exits with 1 and says what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.models import Transfer
from payments.queries.audit import list_ledger_faults


class Command(BaseCommand):
    help = "Check that every balance is the sum of its transfers and that all entries sum to zero."

    def handle(self, *arguments: Any, **options: Any) -> None:
        faults = list_ledger_faults()
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"The books are right: {Transfer.objects.count()} transfers.")
