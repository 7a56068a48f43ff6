"""Which server completes which request."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from rlvr.rollout.engine import Request


def spread(requests: Sequence[Request], loads: Sequence[int]) -> list[list[int]]:
    """Indices of the requests for each server, ascending; ``loads`` is what each has already.

    Neighbours with one prompt (a group) stay together, because a server keeps what it computed of
    a prompt; but none gets more than its even share of one prompt. Each piece goes to the server
    that has the fewest requests so far.
    """
    shares: list[list[int]] = [[] for _ in loads]
    totals = list(loads)
    largest = math.ceil(len(requests) / len(loads))
    for _, group in groupby(range(len(requests)), key=lambda index: requests[index].prompt_ids):
        indices = list(group)
        for start in range(0, len(indices), largest):
            piece = indices[start : start + largest]
            idlest = totals.index(min(totals))
            shares[idlest] += piece
            totals[idlest] += len(piece)
    return shares
