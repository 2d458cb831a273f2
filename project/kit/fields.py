"""Column types and table rules that Django does not have."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.functions import Cast


class Xid8Field(models.Field):  # type: ignore[type-arg]  # Django's Field takes no parameters at run time
    """PostgreSQL's 64-bit transaction id, written by the database when the row is inserted."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class WrittenJsonField(models.JSONField):
    """JSON that stays the text it was written as, because it is read whole: as `jsonb` it would be taken apart and put
    together again on every way. A look into it from a query takes it apart then."""

    def db_type(self, connection: Any) -> str:
        return "json"

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return f"{sql}::text", params

    def get_transform(self, lookup_name: str) -> Callable[..., Any]:  # type: ignore[override]  # called, never asked
        transform = super().get_transform(lookup_name)
        return lambda column, *rest: transform(Cast(column, models.JSONField()), *rest)


def append_only_sql(table: str) -> tuple[str, str]:
    """Forward and reverse SQL of triggers by which `refuse_change` refuses UPDATE, DELETE and TRUNCATE on a table."""
    forward = f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """
    reverse = f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
    """
    return forward, reverse
