"""The site's settings with the channel layer that BENCH_LAYER names, for the one server of BENCH_PREFIX."""

import os

from bench.stream.publishers import LAYER_CAPACITY
from project.settings import *  # noqa: F403  all settings but one
from project.settings import REDIS_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": os.environ["BENCH_LAYER"],
        "CONFIG": {
            # With a read timeout every idle subscription would die after seconds.
            "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
            "prefix": os.environ["BENCH_PREFIX"],
            "capacity": LAYER_CAPACITY,
        },
    }
}
