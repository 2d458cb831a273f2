"""The books in the back office: all of it readable by finance, none of it writable."""

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from payments.models import HouseMovement, LedgerAccount, Transfer, Wallet
from project.kit.admin_decorators import column
from project.kit.money import format_minor
from project.kit.read_only_admin import ReadOnlyAdmin

FINANCE: Final = frozenset({"FINANCE"})


def money(minor: int, currency: str) -> str:
    return f"{format_minor(minor, currency)} {currency}"


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    """Accounts with their true balances; those of the house include what is not folded yet."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("kind", "currency", "owner", "balance", "overdrawn_by", "created_at")
    list_filter = ("kind", "currency", "overdrawn_by")
    list_select_related = ("owner",)
    search_fields = ("owner__username",)
    fields = ("id", "kind", "currency", "owner", "balance", "overdrawn_by", "version", "created_at")
    readonly_fields = fields
    ordering = ("owner_id", "kind", "currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        unfolded = HouseMovement.objects.filter(account_id=OuterRef("id")).order_by().values("account_id")
        total = Subquery(unfolded.annotate(total=Sum("amount_minor")).values("total"))
        accounts: QuerySet[LedgerAccount] = super().get_queryset(request)
        return accounts.annotate(true_balance=F("balance_minor") + Coalesce(total, 0))

    @column("Balance", ordering="balance_minor")
    def balance(self, account: Any) -> str:
        return money(account.true_balance, account.currency)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """Every transfer, newest first."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("created_at", "kind", "amount", "debit_account", "credit_account", "description")
    list_filter = ("kind",)
    list_select_related = ("debit_account__owner", "credit_account__owner")
    search_fields = ("=ref", "=ref_id")
    fields = (
        "kind",
        "ref",
        "leg",
        "amount",
        "debit_account",
        "credit_account",
        "overdrawn_by",
        "ref_kind",
        "ref_id",
        "description",
        "created_at",
    )
    readonly_fields = fields
    ordering = ("-id",)

    @column("Amount", ordering="amount_minor")
    def amount(self, transfer: Transfer) -> str:
        return money(transfer.amount_minor, transfer.debit_account.currency)


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin):
    """What each person holds."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("user", "available", "held", "created_at")
    list_filter = ("currency",)
    list_select_related = ("user", "available_account", "held_account")
    search_fields = ("user__username",)
    fields = ("user", "currency", "available", "held", "created_at")
    readonly_fields = fields
    ordering = ("-created_at", "id")

    @column("Available")
    def available(self, wallet: Wallet) -> str:
        return money(wallet.available_account.balance_minor, wallet.currency)

    @column("Held")
    def held(self, wallet: Wallet) -> str:
        return money(wallet.held_account.balance_minor, wallet.currency)
