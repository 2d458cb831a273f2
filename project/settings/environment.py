"""Reads settings from the environment. What is missing or malformed stops the process and is named."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from payments.core.withdrawals import WithdrawalTerms, parse_terms

ENVIRONMENTS = ("development", "test", "production")
SECRET_LENGTH_MIN = 50
SECRET_LETTERS_MIN = 12
TOKEN_LENGTH_MIN = 32


@dataclass(frozen=True)
class Environment:
    """Typed access to the variables of one process."""

    values: Mapping[str, str]

    def get_text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set.")
        return default

    def get_number(self, name: str, default: int, *, smallest: int, largest: int) -> int:
        text = self.get_text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", text) or not smallest <= int(text) <= largest:
            raise ImproperlyConfigured(f"{name} must be a whole number from {smallest} to {largest}, not {text!r}.")
        return int(text)

    def get_flag(self, name: str, *, is_on: bool = False) -> bool:
        text = self.get_text(name, "1" if is_on else "0")
        if text not in ("0", "1"):
            raise ImproperlyConfigured(f"{name} must be 0 or 1, not {text!r}.")
        return text == "1"

    def get_list(self, name: str, default: str = "") -> list[str]:
        return [part.strip() for part in self.get_text(name, default).split(",") if part.strip()]

    def find_folder(self, name: str, base: Path) -> Path | None:
        text = self.get_text(name, "")
        if not text:
            return None
        folder = (base / text).resolve()
        if not folder.is_dir():
            raise ImproperlyConfigured(f"{name} names {folder}, which is not a folder.")
        return folder

    def get_withdrawal_terms(self, name: str) -> dict[str, WithdrawalTerms]:
        """`GBP:10.00:500.00`, several separated by commas; none unless somebody says so."""
        try:
            return parse_terms(self.get_list(name))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}.") from error

    def get_environment_name(self) -> str:
        name = self.get_text("TOUCHLINE_ENV")
        if name not in ENVIRONMENTS:
            raise ImproperlyConfigured(f"TOUCHLINE_ENV must be one of {', '.join(ENVIRONMENTS)}, not {name!r}.")
        return name


def count_cores() -> int:
    """How many cores this process may use; a part of one that a container allows is not seen."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parse_database_url(url: str) -> dict[str, object]:
    """`postgresql://user:password@host:port/name` or, over a socket, `postgresql://user@/name?host=/folder`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://. PostgreSQL is the only database.")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    query = parse_qs(parts.query)
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or query.get("host", [""])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
    }


def parse_redis_url(url: str) -> str:
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url


def celery_broker_url(redis_url: str) -> str:
    """Celery spells a Redis behind a socket differently from every other client."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


def check_production(environment: Environment, *, database: Mapping[str, object], redis_url: str) -> None:
    """Refuse what would be unsafe before the public, with one message that lists everything."""
    problems = []
    secret = environment.get_text("TOUCHLINE_SECRET_KEY", "")
    if len(secret) < SECRET_LENGTH_MIN or len(set(secret)) < SECRET_LETTERS_MIN or "insecure" in secret:
        problems.append(f"TOUCHLINE_SECRET_KEY must be {SECRET_LENGTH_MIN} or more random characters")
    if not environment.get_flag("TOUCHLINE_HTTPS"):
        problems.append("TOUCHLINE_HTTPS must be 1")
    hosts = environment.get_list("TOUCHLINE_ALLOWED_HOSTS")
    if not hosts or any("*" in host for host in hosts):
        problems.append("TOUCHLINE_ALLOWED_HOSTS must list the exact host names")
    origins = environment.get_list("TOUCHLINE_ORIGINS")
    if not origins or any(not origin.startswith("https://") or "*" in origin for origin in origins):
        problems.append("TOUCHLINE_ORIGINS must list exact https:// origins")
    if 0 < len(environment.get_text("TOUCHLINE_METRICS_TOKEN", "")) < TOKEN_LENGTH_MIN:
        problems.append(f"TOUCHLINE_METRICS_TOKEN must be empty or {TOKEN_LENGTH_MIN} or more random characters")
    if not database["PASSWORD"] and not str(database["HOST"]).startswith("/"):
        problems.append("DATABASE_URL must carry a password")
    redis = urlsplit(redis_url)
    if redis.scheme != "unix" and not redis.password:
        problems.append("REDIS_URL must carry a password")
    if problems:
        raise ImproperlyConfigured("Production refuses these settings: " + "; ".join(problems) + ".")
