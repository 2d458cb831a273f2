"""The closed form as a registered model: its version, and the digest of every constant its prices depend on."""

import hashlib
import json
from dataclasses import asdict
from typing import Final

from ml.core import goal_rates, inplay
from ml.core.minute_profile import ADDED_MINUTES, FITTED

VERSION: Final = "1.0.0"


def constants_digest() -> str:
    """SHA-256 of the constants in canonical JSON. Another digest needs another version, by a migration."""
    constants = {
        "version": VERSION,
        "profile": {"first": asdict(FITTED.first), "second": asdict(FITTED.second), "added_minutes": ADDED_MINUTES},
        "factors": [
            inplay.OWN_RED,
            inplay.OPPONENT_RED,
            inplay.ONE_BEHIND,
            inplay.MORE_BEHIND,
            inplay.AHEAD,
            inplay.AHEAD_LATE,
            inplay.LATE_MINUTE,
            inplay.REDS_MAX,
            inplay.RATE_MAX,
        ],
        "grid": [
            goal_rates.GOALS_MAX,
            goal_rates.TOTAL_MIN,
            goal_rates.TOTAL_MAX,
            goal_rates.RATE_MIN,
            goal_rates.CORRELATION_MIN,
            goal_rates.CORRELATION_MAX,
            goal_rates.CORRELATION_TYPICAL,
        ],
    }
    return hashlib.sha256(json.dumps(constants, sort_keys=True).encode()).hexdigest()
