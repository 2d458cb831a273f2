"""Which sockets get the same of several frames that leave together, so that each of them is written to once."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from realtime.hub.audience import Audience
from realtime.hub.writer import SendNow

Share = tuple[list[int], Collection[SendNow]]  # frames by their number, in order, and who gets exactly these


def share_out(audiences: Sequence[Audience]) -> list[Share]:
    """Every socket that can be written to at once, with every frame it hears; `audiences` has one for each frame.

    Whoever follows a match hears all of its topics. So those who hear one frame are mostly those who hear the next,
    or none of them; told apart as a whole such crowds cost a tenth of a look at each socket for each frame.
    """
    crowds = _find_crowds(audiences)
    sockets = [audiences[frames[0]].direct for frames in crowds]
    if _are_disjoint(sockets):
        return list(zip(crowds, sockets, strict=True))
    masks: dict[SendNow, int] = {}  # which of the crowds a socket is in, one bit for each
    for index, crowd in enumerate(sockets):
        bit = 1 << index
        for send in crowd:
            masks[send] = masks.get(send, 0) | bit
    alike: defaultdict[int, list[SendNow]] = defaultdict(list)
    for send, mask in masks.items():
        alike[mask].append(send)
    return [(_frames_of(mask, crowds), sends) for mask, sends in alike.items()]


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


def _frames_of(mask: int, crowds: Sequence[list[int]]) -> list[int]:
    if mask.bit_count() == 1:
        return crowds[mask.bit_length() - 1]
    return sorted(frame for index, crowd in enumerate(crowds) if mask >> index & 1 for frame in crowd)
