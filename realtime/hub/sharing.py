"""What each socket gets of several frames that leave together, so that each of them is written to once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, repeat

from realtime.hub.audience import Audience
from realtime.hub.writer import SendNow


def share_out(frames: Sequence[tuple[bytes, Audience]]) -> tuple[int, Iterable[tuple[SendNow, bytes]]]:
    """How many sockets can be written to at once, and each with all it hears, to be taken before an audience changes.

    Whoever follows a match hears all of its topics. So those who hear one frame are mostly those who hear the next,
    or none of them; told apart as a whole such crowds cost a tenth of a look at each socket for each frame. Otherwise
    hardly two sockets hear the same, and to join for each what it hears is cheaper than to find out which ones do.
    """
    crowds = _find_crowds([audience for _, audience in frames])
    sockets = [frames[numbers[0]][1].direct for numbers in crowds]
    joined = [b"".join([frames[number][0] for number in numbers]) for numbers in crowds]
    if _are_disjoint(sockets):
        pairs = (zip(crowd, repeat(data), strict=False) for crowd, data in zip(sockets, joined, strict=True))
        return sum(map(len, sockets)), chain.from_iterable(pairs)
    heard: defaultdict[SendNow, list[bytes]] = defaultdict(list)
    for crowd, data in zip(sockets, joined, strict=True):
        for send in crowd:
            heard[send].append(data)
    return len(heard), zip(heard, map(b"".join, heard.values()), strict=True)  # joined one by one, when it is taken


def _find_crowds(audiences: Sequence[Audience]) -> list[list[int]]:
    """Frames that the same sockets hear. Two such frames may be kept apart: then their sockets are looked at."""
    crowds: dict[object, list[int]] = {}
    firsts: dict[SendNow, Audience] = {}
    for index, audience in enumerate(audiences):
        direct = audience.direct
        if not direct:
            continue
        if audience.crowd not in crowds:
            known = firsts.setdefault(next(iter(direct)), audience)
            if known is not audience and known.direct.keys() == direct.keys():
                audience.crowd = known.crowd  # until one of them changes nobody has to compare them again
            crowds.setdefault(audience.crowd, [])
        crowds[audience.crowd].append(index)
    return list(crowds.values())


def _are_disjoint(crowds: Sequence[Collection[SendNow]]) -> bool:
    if len(crowds) < 2:
        return True
    seen: set[SendNow] = set()
    for crowd in crowds:
        if not seen.isdisjoint(crowd):
            return False
        seen.update(crowd)
    return True
