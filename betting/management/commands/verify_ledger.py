"""Check the books against their transfers and slips. Exits with 1 and says what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from betting.queries.audit import audit_books
from payments.actions.close_books import close_books


class Command(BaseCommand):
    help = "Check that balances are the sums of their transfers, entries sum to zero, and open stakes are the slips'."
    requires_system_checks: tuple[str, ...] = ()  # `prepare_stack` makes them, once for all processes

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="read also the transfers of closed books")
        parser.add_argument("--close", action="store_true", help="close the books when they are right")

    def handle(self, *arguments: Any, **options: Any) -> None:
        audit = audit_books(since_closing=not options["all"])
        if audit.faults:
            raise CommandError("\n".join(audit.faults))
        self.stdout.write(f"The books are right: {audit.transfers} transfers, {audit.read} of them read.")
        if options["close"] and close_books() is not None:
            self.stdout.write("They are closed.")
