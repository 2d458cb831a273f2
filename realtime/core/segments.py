"""Cuts a big image into pieces, so that one join does not hold up every other frame of its socket."""

from collections.abc import Sequence


def split_by_size(pieces: Sequence[bytes], *, limit_bytes: int) -> list[list[bytes]]:
    """Consecutive groups of encoded entries, each at most `limit_bytes` long unless one entry alone is longer.

    No pieces make one empty group: an empty image is still an image.
    """
    groups: list[list[bytes]] = [[]]
    size = 0
    for piece in pieces:
        piece_bytes = len(piece) + 1
        if groups[-1] and size + piece_bytes > limit_bytes:
            groups.append([])
            size = 0
        groups[-1].append(piece)
        size += piece_bytes
    return groups
