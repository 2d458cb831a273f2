"""Gives each test process a database of its own in the checkout's shared cluster, and a Redis of its own."""

import hashlib
import os
import subprocess
import sys
from contextlib import ExitStack

from project.devstack.locks import holding
from project.devstack.redis import RedisServer
from project.devstack.shared_cluster import FOLDER, REPOSITORY, server_in, shared_cluster


def start(stack: ExitStack) -> None:
    """Set DATABASE_URL and REDIS_URL before Django reads its settings. The servers leave when `stack` closes."""
    os.environ["TOUCHLINE_ENV"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    if "PYTEST_XDIST_WORKER" not in os.environ:  # the controller of several holds the cluster for its workers
        cluster = stack.enter_context(shared_cluster())
        os.environ["DATABASE_URL"] = cluster.url(f"touchline_{os.getpid()}")
    redis = RedisServer(FOLDER, name=f"redis-{os.getpid()}", log_name="redis")
    redis.start()
    stack.callback(redis.stop)
    os.environ["REDIS_URL"] = redis.url()


def migrations_digest() -> str:
    """Names the schema: a template with this name holds exactly these migrations."""
    digest = hashlib.sha256()
    for path in sorted(REPOSITORY.glob("*/migrations/*.py")) + sorted(REPOSITORY.glob("project/*/migrations/*.py")):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update(os.environ.get("TOUCHLINE_APPS_UP_TO", "").encode())
    digest.update((REPOSITORY / "requirements.txt").read_bytes())
    return digest.hexdigest()[:16]


def make_template() -> str:
    """A migrated database to clone test databases from: cloning takes a tenth of a second, migrating many."""
    cluster = server_in()
    name = f"template_{migrations_digest()}"
    with holding(FOLDER / "template.lock"):
        connection = cluster.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                building = f"test_{name}_{os.getpid()}"
                cursor.execute(f'CREATE DATABASE "{building}"')
                environment = os.environ | {"DATABASE_URL": cluster.url(building)}
                command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                try:
                    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True)
                except subprocess.CalledProcessError:
                    cursor.execute(f'DROP DATABASE "{building}" WITH (FORCE)')
                    raise
                cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        connection.close()
    return name
