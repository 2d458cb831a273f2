"""Django's settings, read from the environment (see `.env.example`). Celery's and the accounts' are beside."""

import os
from pathlib import Path

from operations.theme import UNFOLD  # noqa: F401  a setting of the admin's look
from project.devstack.account import get_account, place_for, socket_folder_for
from project.devstack.env_file import load_env_file
from project.kit.redis import TIMEOUTS
from project.settings.celery import *  # noqa: F403  Django reads settings as names of one module
from project.settings.environment import (
    Environment,
    celery_broker_url,
    check_production,
    count_cores,
    parse_database_url,
    parse_redis_url,
)
from project.settings.people import *  # noqa: F403  as above
from project.settings.people import TEST_PASSWORD_HASHERS

REPOSITORY = Path(__file__).resolve().parent.parent.parent

if os.environ.get("TOUCHLINE_ENV", "development") == "development":
    load_env_file(REPOSITORY / ".env")
_environment = Environment(os.environ)
ENVIRONMENT = _environment.get_environment_name()
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = False
# Data of the embedded servers, trained models, mail: everything that is made while running.
WORK_FOLDER = Path(_environment.get_text("TOUCHLINE_FOLDER", str(REPOSITORY / ".touchline")))


def _development_default(value: str) -> str | None:
    """A default outside production; in production the variable must be set."""
    return None if IS_PRODUCTION else value


def _development_sockets() -> str:
    account = get_account()
    return str(socket_folder_for(place_for(WORK_FOLDER, account), account))


# Servers ------------------------------------------------------------------------------------------------------------
if IS_PRODUCTION or "DATABASE_URL" in os.environ:
    _database = parse_database_url(_environment.get_text("DATABASE_URL"))
else:
    _database = parse_database_url(f"postgresql://touchline@/touchline?host={_development_sockets()}")
if IS_PRODUCTION or "REDIS_URL" in os.environ:
    REDIS_URL = parse_redis_url(_environment.get_text("REDIS_URL"))
else:
    REDIS_URL = f"unix://{_development_sockets()}/redis.sock?db=0"
if IS_PRODUCTION:
    check_production(_environment, database=_database, redis_url=REDIS_URL)

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_database,
        # Persistent connections: project.asgi serves from threads that live as long as the process.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "options": "-c lock_timeout=5s -c statement_timeout=8s -c idle_in_transaction_session_timeout=30s",
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        # Sessions live here: a Redis that hangs is given up as soon as everywhere else, or it would stop every request.
        "OPTIONS": TIMEOUTS,
    }
}
CELERY_BROKER_URL = celery_broker_url(REDIS_URL)
# For ordinary Channels consumers; the hub needs none. With a read timeout every idle socket would die after seconds.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "layer"},
    }
}

# Web ----------------------------------------------------------------------------------------------------------------
PORT = _environment.get_number("PORT", 8000, smallest=1, largest=65535)
# One a core; each keeps some twenty connections to PostgreSQL. A developer's machine has other things to do.
WEB_PROCESSES = _environment.get_number(
    "WEB_PROCESSES", min(4, count_cores()) if IS_PRODUCTION else 1, smallest=1, largest=64
)
IS_HTTPS = _environment.get_flag("TOUCHLINE_HTTPS")
# In production exactly one proxy of ours stands in front; its word on the client's address and scheme is taken.
IS_BEHIND_PROXY = IS_PRODUCTION
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if IS_BEHIND_PROXY else 0
SECRET_KEY = _environment.get_text("TOUCHLINE_SECRET_KEY", _development_default("insecure-development-key-" + "0" * 40))
ALLOWED_HOSTS = _environment.get_list(
    "TOUCHLINE_ALLOWED_HOSTS", "" if IS_PRODUCTION else "localhost,127.0.0.1,testserver"
)
ALLOWED_ORIGINS = _environment.get_list(
    "TOUCHLINE_ORIGINS", "" if IS_PRODUCTION else f"http://localhost:{PORT},http://127.0.0.1:{PORT},http://testserver"
)
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "accounts.middleware.csrf_failure"
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# JSON bodies are held to 256 KiB; only uploads may be larger, up to this.
BODY_BYTES_MAX = 256 * 1024
UPLOAD_BYTES_MAX = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES_MAX
APPEND_SLASH = True

# Who scrapes /metrics from elsewhere shows this; without it only this machine may, and behind a proxy nobody.
METRICS_TOKEN = _environment.get_text("TOUCHLINE_METRICS_TOKEN", "")

ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "project.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    # unfold's plain config: its default one would replace the admin site that operations declares.
    "unfold.apps.BasicAppConfig",
    "operations.apps.TouchlineAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "project.apps.ProjectConfig",
    "accounts",
    "payments",
    "sports",
    "ml",
    "betting",
    "community",
    "operations.apps.OperationsConfig",
    "realtime",
    "project.kit",
]
MIDDLEWARE = [
    "project.kit.middleware.ProblemMiddleware",
    "project.security.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.CallerMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # In front of the apps' own: what is shown otherwise than unfold does.
        "DIRS": [REPOSITORY / "project" / "kit" / "replaced_templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Files --------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = WORK_FOLDER / "static" if IS_PRODUCTION else None
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
# Each client of a test has middleware of its own, which would look at every file first.
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "test"
FRONTEND_FOLDER = REPOSITORY / "frontend" / "dist"
# WhiteNoise serves the client's built files at their own paths; the shell, which is not a file, is project.shell's.
WHITENOISE_ROOT = FRONTEND_FOLDER if FRONTEND_FOLDER.is_dir() else None
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/(?!icon|touchline).+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"
CACHE_FOLDER = WORK_FOLDER / "cache"
EMAIL_FOLDER = Path(_environment.get_text("TOUCHLINE_EMAIL_DIR", str(WORK_FOLDER / "mail")))
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = EMAIL_FOLDER
DEFAULT_FROM_EMAIL = "Touchline <hello@touchline.example>"

# The live matches ---------------------------------------------------------------------------------------------------
DATA_FOLDER = _environment.find_folder("TOUCHLINE_DATA", REPOSITORY)
MATCH_SECONDS = _environment.get_number("TOUCHLINE_MATCH_SECONDS", 360, smallest=5, largest=86_400)
# Bets in play wait so that nobody bets on what only the stadium knows. Its length follows the speed of the matches.
BET_DELAY = _environment.get_flag("TOUCHLINE_BET_DELAY", is_on=ENVIRONMENT != "test")
LIVE_MATCHES = _environment.get_number("TOUCHLINE_LIVE_MATCHES", 8, smallest=1, largest=2_000)
TENNIS_MATCHES = _environment.get_number("TOUCHLINE_TENNIS_MATCHES", 3, smallest=0, largest=8)
BASKETBALL_MATCHES = _environment.get_number("TOUCHLINE_BASKETBALL_MATCHES", 2, smallest=0, largest=4)
OUTRIGHT_EVENTS = _environment.get_number("TOUCHLINE_OUTRIGHT_EVENTS", 1, smallest=0, largest=1)
FEED_SEED = _environment.get_number("TOUCHLINE_FEED_SEED", 1, smallest=0, largest=999_999_999)

# Money --------------------------------------------------------------------------------------------------------------
# Which currencies can be withdrawn, from what amount, and up to what amount one member of staff may pay alone.
WITHDRAWAL_TERMS = _environment.get_withdrawal_terms("TOUCHLINE_WITHDRAWALS")

# Tests --------------------------------------------------------------------------------------------------------------
if ENVIRONMENT == "test":
    PASSWORD_HASHERS = TEST_PASSWORD_HASHERS
    ACCOUNT_RATE_LIMITS = False
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Language and time --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
FORMAT_MODULE_PATH = ["operations.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # A refused request is the caller's affair: its answer says why, the log needs no line.
        "django.request": {"level": "ERROR"},
        # daphne and Celery tell at length how they start.
        "daphne": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
