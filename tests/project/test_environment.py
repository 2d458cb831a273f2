"""Settings come from the environment, and what is wrong is named; production refuses what would be unsafe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from project.devstack.env_file import MalformedLine, load_env_file
from project.devstack.shared_cluster import REPOSITORY
from project.settings.environment import (
    Environment,
    celery_broker_url,
    check_production,
    parse_database_url,
    parse_redis_url,
)

SAFE = {
    "TOUCHLINE_ENV": "production",
    "TOUCHLINE_SECRET_KEY": "k3J9-vQ2_mZ8xW5rT1yU7pL4nB6cF0gHsDqEaRiOtYuPwXzVbN",
    "TOUCHLINE_HTTPS": "1",
    "TOUCHLINE_ALLOWED_HOSTS": "bets.example.com",
    "TOUCHLINE_ORIGINS": "https://bets.example.com",
    "DATABASE_URL": "postgresql://touchline:a-password@db:5432/touchline",
    "REDIS_URL": "redis://:a-password@redis:6379/0",
}
UNSAFE = [
    ({"TOUCHLINE_SECRET_KEY": ""}, "TOUCHLINE_SECRET_KEY must be 50 or more random characters"),
    ({"TOUCHLINE_SECRET_KEY": "short"}, "TOUCHLINE_SECRET_KEY must be 50 or more random characters"),
    ({"TOUCHLINE_SECRET_KEY": "ab" * 40}, "TOUCHLINE_SECRET_KEY must be 50 or more random characters"),
    ({"TOUCHLINE_SECRET_KEY": "insecure-" + SAFE["TOUCHLINE_SECRET_KEY"]}, "TOUCHLINE_SECRET_KEY must be 50"),
    ({"TOUCHLINE_HTTPS": "0"}, "TOUCHLINE_HTTPS must be 1"),
    ({"TOUCHLINE_HTTPS": ""}, "TOUCHLINE_HTTPS must be 1"),
    ({"TOUCHLINE_ALLOWED_HOSTS": ""}, "TOUCHLINE_ALLOWED_HOSTS must list the exact host names"),
    ({"TOUCHLINE_ALLOWED_HOSTS": "*"}, "TOUCHLINE_ALLOWED_HOSTS must list the exact host names"),
    ({"TOUCHLINE_ALLOWED_HOSTS": "a.example,*.example"}, "TOUCHLINE_ALLOWED_HOSTS must list the exact host names"),
    ({"TOUCHLINE_ORIGINS": ""}, "TOUCHLINE_ORIGINS must list exact https:// origins"),
    ({"TOUCHLINE_ORIGINS": "http://bets.example.com"}, "TOUCHLINE_ORIGINS must list exact https:// origins"),
    ({"TOUCHLINE_ORIGINS": "https://*.example.com"}, "TOUCHLINE_ORIGINS must list exact https:// origins"),
    ({"TOUCHLINE_METRICS_TOKEN": "guessable"}, "TOUCHLINE_METRICS_TOKEN must be empty or 32"),
    ({"DATABASE_URL": "postgresql://touchline@db/touchline"}, "DATABASE_URL must carry a password"),
    ({"REDIS_URL": "redis://redis:6379/0"}, "REDIS_URL must carry a password"),
]


def check(values: dict[str, str]) -> None:
    check_production(
        Environment(values), database=parse_database_url(values["DATABASE_URL"]), redis_url=values["REDIS_URL"]
    )


@pytest.mark.parametrize(("change", "message"), UNSAFE)
def test_production_refuses_each_unsafe_value(change: dict[str, str], message: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        check(SAFE | change)

    assert str(refusal.value).startswith(f"Production refuses these settings: {message}")
    assert ";" not in str(refusal.value)


def test_production_takes_safe_values_and_sockets_without_passwords() -> None:
    check(SAFE)
    check(SAFE | {"DATABASE_URL": "postgresql://touchline@/touchline?host=/run/postgresql"})
    check(SAFE | {"REDIS_URL": "unix:///run/redis.sock"})


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        check(SAFE | {"TOUCHLINE_SECRET_KEY": "", "TOUCHLINE_HTTPS": "0", "TOUCHLINE_ORIGINS": ""})

    assert str(refusal.value).count(";") == 2


def read_settings(values: dict[str, str], expression: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOUCHLINE_", "PORT"))}
    kept = {name: value for name, value in kept.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-c", f"from project import settings; print({expression})"]
    return subprocess.run(command, cwd=REPOSITORY, env=kept | values, capture_output=True, text=True, check=False)


def test_production_settings_are_strict() -> None:
    done = read_settings(
        SAFE,
        "[settings.DEBUG, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0,"
        " settings.SECRET_KEY[:4], settings.ALLOWED_HOSTS]",
    )

    assert done.stdout.strip() == "[False, '__Host-sessionid', True, True, 'k3J9', ['bets.example.com']]", done.stderr


@pytest.mark.parametrize("missing", ["TOUCHLINE_ENV", "DATABASE_URL", "REDIS_URL", "TOUCHLINE_SECRET_KEY"])
def test_production_does_not_start_without(missing: str) -> None:
    done = read_settings({name: value for name, value in SAFE.items() if name != missing}, "settings.DEBUG")

    assert done.returncode != 0
    assert missing in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(("change", "expected"), [({}, "True"), ({"WEB_PROCESSES": "7"}, "False")])
def test_in_production_there_is_a_web_process_for_each_core(change: dict[str, str], expected: str) -> None:
    cores = "min(4, len(__import__('os').sched_getaffinity(0)))"

    done = read_settings(SAFE | change, f"settings.WEB_PROCESSES == {cores}")

    assert done.stdout.strip() == expected, done.stderr


def test_nothing_can_be_withdrawn_unless_it_is_named() -> None:
    environment = Environment({"TOUCHLINE_WITHDRAWALS": "GBP:10.00:500.00, JPY:1000:9000", "WRONG": "GBP:10.001:5"})

    assert environment.get_withdrawal_terms("UNSET") == {}
    terms = environment.get_withdrawal_terms("TOUCHLINE_WITHDRAWALS")
    assert [(one.currency, one.minimum_minor, one.alone_minor_max) for one in terms.values()] == [
        ("GBP", 1_000, 50_000),
        ("JPY", 1_000, 9_000),
    ]
    with pytest.raises(ImproperlyConfigured, match="WRONG: not an amount of money"):
        environment.get_withdrawal_terms("WRONG")


def test_values_are_checked_and_named() -> None:
    environment = Environment({"A_NUMBER": "7", "WORDS": "seven", "FLAG": "yes", "EMPTY": " ", "FOLDER": "nowhere"})

    assert environment.get_number("A_NUMBER", 1, smallest=1, largest=9) == 7
    assert environment.get_number("EMPTY", 3, smallest=1, largest=9) == 3
    with pytest.raises(ImproperlyConfigured, match="A_NUMBER must be a whole number from 8 to 9, not '7'"):
        environment.get_number("A_NUMBER", 8, smallest=8, largest=9)
    with pytest.raises(ImproperlyConfigured, match="WORDS must be a whole number"):
        environment.get_number("WORDS", 1, smallest=1, largest=9)
    with pytest.raises(ImproperlyConfigured, match="FLAG must be 0 or 1, not 'yes'"):
        environment.get_flag("FLAG")
    with pytest.raises(ImproperlyConfigured, match="MISSING is not set"):
        environment.get_text("MISSING")
    with pytest.raises(ImproperlyConfigured, match=r"FOLDER names .*nowhere, which is not a folder"):
        environment.find_folder("FOLDER", Path("/"))
    with pytest.raises(ImproperlyConfigured, match="TOUCHLINE_ENV must be one of"):
        Environment({"TOUCHLINE_ENV": "staging"}).get_environment_name()


def test_addresses_of_servers() -> None:
    assert parse_database_url("postgresql://me:p%40ss@db:6432/bets") == {
        "NAME": "bets",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": "6432",
    }
    assert parse_database_url("postgresql://me@/bets?host=/a%20b/run")["HOST"] == "/a b/run"
    assert celery_broker_url("unix:///run/redis.sock?db=2") == "redis+socket:///run/redis.sock?virtual_host=2"
    assert celery_broker_url("redis://h:1/0") == "redis://h:1/0"
    for wrong in ("sqlite:///db", "postgresql://host"):
        with pytest.raises(ImproperlyConfigured):
            parse_database_url(wrong)
    with pytest.raises(ImproperlyConfigured):
        parse_redis_url("memcached://host")


def test_the_env_file_fills_in_what_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SET_ALREADY", "kept")
    monkeypatch.delenv("FROM_FILE", raising=False)
    file = tmp_path / ".env"
    file.write_text('# a comment\n\nSET_ALREADY=lost\nexport FROM_FILE="a value"\n')

    load_env_file(file)
    load_env_file(tmp_path / "absent")

    assert (os.environ["SET_ALREADY"], os.environ.pop("FROM_FILE")) == ("kept", "a value")
    file.write_text("this is no setting\n")
    with pytest.raises(MalformedLine, match="line 1"):
        load_env_file(file)
