"""A step's sequences over the ranks: equal work, and groups whole where that allows it."""

from __future__ import annotations

from collections.abc import Sequence

from rlvr.types import TrainingSequence

# A share of the mean load, by which the ranks' loads may differ for the sake of whole groups.
SLACK = 0.05


def balance(sequences: Sequence[TrainingSequence], num_ranks: int) -> list[list[int]]:
    """The indices of each rank's sequences, ascending; a rank may have none.

    Load is counted in tokens. Groups (sequences of one prompt) are dealt whole, the heaviest
    first, each to the lightest rank; then single sequences move from the heaviest to the lightest
    rank until the two are within ``SLACK``, or no move brings them closer. The result depends on
    the sequences and their order alone, so that every rank finds the same one for itself.
    """
    if num_ranks == 1:
        return [list(range(len(sequences)))]
    sizes = [len(s.prompt_ids) + len(s.completion_ids) for s in sequences]
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, sequence in enumerate(sequences):
        groups.setdefault(sequence.prompt_ids, []).append(i)
    shares: list[list[int]] = [[] for _ in range(num_ranks)]
    loads = [0] * num_ranks
    for group in sorted(groups.values(), key=lambda g: -sum(sizes[i] for i in g)):
        lightest = loads.index(min(loads))
        shares[lightest] += group
        loads[lightest] += sum(sizes[i] for i in group)
    _level(shares, loads, sizes)
    return [sorted(share) for share in shares]


def _level(shares: list[list[int]], loads: list[int], sizes: Sequence[int]) -> None:
    """Move sequences, in place; each move lowers the sum of the squared loads, so it ends."""
    slack = SLACK * sum(loads) / len(loads)
    while True:
        heavy, light = loads.index(max(loads)), loads.index(min(loads))
        gap = loads[heavy] - loads[light]
        movable = [i for i in shares[heavy] if sizes[i] < gap]
        if gap <= slack or not movable:
            return
        moved = min(movable, key=lambda i: abs(gap - 2 * sizes[i]))
        shares[heavy].remove(moved)
        shares[light].append(moved)
        loads[heavy] -= sizes[moved]
        loads[light] += sizes[moved]
