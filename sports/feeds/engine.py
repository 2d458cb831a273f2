"""The feed of one sport: keeps a number of matches live by playing their scripts on time, through the usual actions.

Nothing is kept in memory that a killed process could not rebuild: plans and slots are in the cursors, progress is the
live state and the incidents themselves. A restarted feed goes on where each match's clock stands.
"""

import heapq
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from project.kit import clock
from project.kit.errors import AppError
from sports.actions.feeds import open_feed, record_live_data, schedule_fixture
from sports.actions.incidents import (
    advance_clock,
    record_incident,
    record_progress,
    resume_betting,
    start_event,
)
from sports.actions.odds import record_odds
from sports.actions.results import confirm_result
from sports.actions.scheduling import reschedule_event
from sports.core.fixtures import Fixture
from sports.core.match_clock import NOMINAL_MINUTES, seconds_per_minute
from sports.core.match_script import Step
from sports.feeds.restoring import list_unfinished
from sports.feeds.running import RunningMatch
from sports.feeds.sources import FixtureSource
from sports.feeds.staggering import farthest_share

logger = logging.getLogger(__name__)

GAP_MINUTES: Final = 2.0  # match minutes between a result and the next kick-off of its slot
CANDIDATES_MAX: Final = 200  # fixtures looked through for two teams that are free
SKIPPED_MAX: Final = 400  # fixtures put off because a team was busy; beyond it the oldest are let go
PAUSE_SECONDS_MAX: Final = 0.5  # the longest wait for the next step, so that a stop is heard soon


class FeedEngine:
    """Plays `live_matches` slots; call `open` once, then `run_due` again and again."""

    def __init__(self, *, source: FixtureSource, match_seconds: float, live_matches: int) -> None:
        self.source = source
        self.minute_seconds = seconds_per_minute(match_seconds)
        self.live_matches = live_matches
        self.matches: list[RunningMatch] = []
        self._queue: list[tuple[datetime, int, RunningMatch]] = []
        self._numbers: Iterator[int] = count()

    def open(self) -> None:
        """Pick up what an earlier process left, then fill every slot that stands empty with a match in progress."""
        cursor = open_feed(source_name=self.source.source_name, data_type=self.source.data_type)
        self.source_id = cursor.source_id
        self.position = cursor.position
        self.skipped: list[int] = list(cursor.state.get("skipped", []))
        self.unusable: int = cursor.state.get("unusable", 0)
        self.matches = list_unfinished(self.minute_seconds, sport=self.source.sport)
        self._begin_idle_slots()
        self._replan_starts()
        for match in self.matches:
            self._enqueue(match)
        self.run_due()

    def run_due(self) -> float:
        """Do everything that is due; returns the seconds until something is again, at most half of one."""
        while self._queue and self._queue[0][0] <= clock.now():
            _, _, match = heapq.heappop(self._queue)
            self._play(match)
            if match.is_over:
                self.matches.remove(match)
            else:
                self._enqueue(match)
        self._fill_slots()
        if not self._queue:
            return PAUSE_SECONDS_MAX
        wait = (self._queue[0][0] - clock.now()).total_seconds()
        return max(0.0, min(wait, PAUSE_SECONDS_MAX))

    def _play(self, match: RunningMatch) -> None:
        for step in match.take_due(clock.now()):
            try:
                self._do(match, step)
            except AppError as refusal:
                # Somebody else ended or changed this match: it is theirs now, and its slot is free.
                logger.warning("the feed lets go of event %s: %s", match.event_id, refusal)
                match.steps = []
                return

    def _do(self, match: RunningMatch, step: Step) -> None:
        event_id = match.event_id
        match step.kind:
            case "start":
                start_event(event_id=event_id, side=step.side, source_id=match.source_id)
                match.is_live = True
            case "tick":
                self._move_on(match, step)
            case "resume":
                resume_betting(event_id=event_id)
            case "confirm":
                confirm_result(event_id=event_id)
            case "odds":
                for source, odds in (step.quotes or {}).items():
                    record_odds(event_id=event_id, source=source, odds=odds)
            case "incident":
                self._happen(match, step)

    def _move_on(self, match: RunningMatch, step: Step) -> None:
        if step.made is None:
            advance_clock(event_id=match.event_id, minute=step.reading.minute, added=step.reading.added)
        else:
            record_progress(event_id=match.event_id, made=step.made)

    def _happen(self, match: RunningMatch, step: Step) -> None:
        assert step.incident_type is not None
        if step.incident_type == "full_time" and match.plan.statistics:
            record_live_data(event_id=match.event_id, statistics=match.plan.statistics)
        record_incident(
            event_id=match.event_id,
            incident_type=step.incident_type,
            side=step.side,
            minute=step.minute or step.reading.minute,
            added=step.reading.added,
            number=step.number,
            places=step.places,
            made=step.made,
            source_id=match.source_id,
            source_ref=step.ref,
        )

    def _enqueue(self, match: RunningMatch) -> None:
        heapq.heappush(self._queue, (match.due_at, next(self._numbers), match))

    def _fill_slots(self) -> None:
        """Every slot has a match to come: the lobby shows what starts soon, and the next kick-off is on time."""
        waiting = {match.slot for match in self.matches if not match.is_live}
        if len(waiting) >= self.live_matches:
            return
        live = {match.slot: match for match in self.matches if match.is_live}
        for slot in range(self.live_matches):
            if slot in waiting:
                continue
            free_at = live[slot].ends_at if slot in live else clock.now()
            match = self._schedule(slot, free_at + self._gap())
            if match is not None:
                self._enqueue(match)

    def _gap(self) -> timedelta:
        return timedelta(seconds=GAP_MINUTES * self.minute_seconds)

    def _begin_idle_slots(self) -> None:
        """Put matches in progress where none is played, at minutes far from all others.

        A slot whose match was due while the feed was away gets that one, and never from before its start.
        """
        now = clock.now()
        length = timedelta(seconds=NOMINAL_MINUTES * self.minute_seconds)
        shares = [(now - match.began_at) / length for match in self.matches if match.is_live]
        live = {match.slot for match in self.matches if match.is_live}
        waiting = {match.slot: match for match in reversed(self.matches) if not match.is_live}
        for slot in range(self.live_matches):
            match = waiting.get(slot)
            if slot in live or (match is not None and match.began_at > now):
                continue
            share = farthest_share(shares, self.live_matches)
            shares.append(share)
            if match is None:
                self._schedule(slot, now - share * length)
            else:
                self._move_start(match, max(match.began_at, now - share * length))

    def _replan_starts(self) -> None:
        """Move the matches to come behind the ones in play, as far as those were late."""
        free_at: dict[int, datetime] = {}
        for match in self.matches:
            if not match.is_live and match.slot in free_at:
                self._move_start(match, max(match.began_at, free_at[match.slot] + self._gap()))
            free_at[match.slot] = match.ends_at

    def _move_start(self, match: RunningMatch, start_time: datetime) -> None:
        if match.began_at != start_time:
            reschedule_event(event_id=match.event_id, start_time=start_time)
            match.began_at = start_time

    def _schedule(self, slot: int, start_time: datetime) -> RunningMatch | None:
        """Schedule the next fixture whose teams are free, or nothing where all of them are busy for now."""
        while True:
            fixture = self._pick()
            if fixture is None:
                return None
            event = schedule_fixture(
                source_id=self.source_id,
                fixture=fixture,
                slot=slot,
                start_time=start_time,
                position=self.position,
                skipped=self.skipped,
                unusable=self.unusable,
            )
            if event is not None:
                break
        match = RunningMatch.from_start(
            event_id=event.pk,
            slot=slot,
            source_id=self.source_id,
            team_keys=fixture.team_keys,
            plan=fixture.plan,
            start_time=start_time,
            minute_seconds=self.minute_seconds,
        )
        self.matches.append(match)
        return match

    def _pick(self) -> Fixture | None:
        """The first fixture of the source, put-off ones first, in which nobody plays who is playing already."""
        busy = frozenset[tuple[str, str]]().union(*(match.team_keys for match in self.matches))
        for index in self.skipped:
            fixture = self.source.find_fixture(index)
            if fixture is not None and not fixture.team_keys & busy:
                self.skipped.remove(index)
                return fixture
        for _ in range(CANDIDATES_MAX):
            if len(self.skipped) >= SKIPPED_MAX:
                return None
            index = self.position
            fixture = self.source.find_fixture(index)
            self.position += 1
            if fixture is None:
                self.unusable += 1
                continue
            if not fixture.team_keys & busy:
                return fixture
            self.skipped.append(index)
        return None
