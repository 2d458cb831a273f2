"""One match as a running feed holds it: its script, what is left of it, and when minute zero was."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sports.core.fixtures import AnyPlan
from sports.core.match_script import Step, collapse
from sports.core.scripts import script_of


@dataclass
class RunningMatch:
    """A scheduled or live match. `began_at` is the instant of elapsed zero; for a scheduled match its start time."""

    event_id: UUID
    slot: int
    source_id: UUID
    team_keys: frozenset[tuple[str, str]]
    plan: AnyPlan
    steps: list[Step]
    began_at: datetime
    minute_seconds: float
    is_live: bool = False

    @classmethod
    def from_start(
        cls,
        *,
        event_id: UUID,
        slot: int,
        source_id: UUID,
        team_keys: frozenset[tuple[str, str]],
        plan: AnyPlan,
        start_time: datetime,
        minute_seconds: float,
    ) -> "RunningMatch":
        """A match with its whole script before it."""
        script = script_of(plan, minute_seconds=minute_seconds)
        return cls(event_id, slot, source_id, team_keys, plan, list(script), start_time, minute_seconds)

    @property
    def is_over(self) -> bool:
        return not self.steps

    @property
    def due_at(self) -> datetime:
        """When the next step is due."""
        return self.instant_of(self.steps[0].elapsed)

    @property
    def ends_at(self) -> datetime:
        """When the last step is due."""
        return self.instant_of(self.steps[-1].elapsed) if self.steps else self.began_at

    def instant_of(self, elapsed: float) -> datetime:
        return self.began_at + timedelta(seconds=elapsed * self.minute_seconds)

    def take_due(self, now: datetime) -> list[Step]:
        """Remove and return what is due, without the steps that later ones make needless."""
        count = 0
        while count < len(self.steps) and self.instant_of(self.steps[count].elapsed) <= now:
            count += 1
        due, self.steps = self.steps[:count], self.steps[count:]
        return collapse(due)
