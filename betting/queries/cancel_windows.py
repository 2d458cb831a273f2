"""Which bets are void by a cancel window of their market."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from betting.models import CancelWindow


@dataclass(frozen=True)
class VoidTimes:
    """The active windows of some markets, by market."""

    windows: Mapping[UUID, Sequence[CancelWindow]]

    def covers(self, market_id: UUID, placed_at: datetime) -> bool:
        return any(window.covers(placed_at) for window in self.windows.get(market_id, ()))

    def covers_all(self, market_id: UUID) -> bool:
        """Whether the market is void as a whole."""
        windows = self.windows.get(market_id, ())
        return any(window.starts_at is None and window.ends_at is None for window in windows)


def read_void_times(market_ids: Collection[UUID]) -> VoidTimes:
    """Of these markets as they stand now; after the locks where a decision follows."""
    windows: dict[UUID, list[CancelWindow]] = defaultdict(list)
    for window in CancelWindow.objects.filter(market_id__in=market_ids, is_active=True):
        windows[window.market_id].append(window)
    return VoidTimes(windows)
