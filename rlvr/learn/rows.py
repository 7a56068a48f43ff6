"""Which training sequences share a row: as few positions as can be, cheaply found.

A sequence of n tokens takes n - 1 positions: its last token predicts nothing and is never an
input. Where sequences have the same prompt, a tree of them takes fewer (``tree.py``).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

from rlvr.learn.tree import num_shared
from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Sequences, by index, that lie in a row as one tree."""

    sequences: tuple[int, ...]
    num_positions: int


Row = list[Piece]


def inputs(sequence: TrainingSequence) -> tuple[int, ...]:
    """The tokens that the model reads."""
    return sequence.prompt_ids + sequence.completion_ids[:-1]


def lay_out(
    sequences: Sequence[TrainingSequence], row_tokens: int, share_prefixes: bool = True
) -> list[Row]:
    """The rows, of at most ``row_tokens`` positions. O(n log n), and a pass over the shared tokens.

    ``share_prefixes`` false gives every sequence its own copy of its prompt, and so does true
    where that takes fewer rows.
    Raises ValueError for a sequence that does not fit a row or has nothing to train.
    """
    for i, sequence in enumerate(sequences):
        length = num_inputs(sequence, i)
        if length > row_tokens:
            raise ValueError(
                f"sequence {i} takes {length} positions; rows of {row_tokens} are accepted"
            )
    return _fewest_rows(_chains(sequences, share_prefixes), row_tokens)


def choose_row_tokens(
    sequences: Sequence[TrainingSequence], width: int, share_prefixes: bool = True
) -> int:
    """The row length at which packing these sequences costs least, for a model of this width.

    Longer rows leave less padding and hold larger trees, but have more masked attention. A
    layer's matrices cost about 12 width^2 multiply-adds a position and its attention 2 L width:
    L / (6 width) of it.
    """
    longest = max((num_inputs(sequence, i) for i, sequence in enumerate(sequences)), default=1)
    links = _chains(sequences, share_prefixes)
    candidates = [longest * k // 4 for k in (4, 5, 6, 7, 8, 12, 16)]
    return min(candidates, key=lambda c: c * len(_fewest_rows(links, c)) * (6 * width + c))


def assign_rows(lengths: Sequence[int], row_tokens: int) -> list[list[int]]:
    """Indices of the pieces of each row: best-fit decreasing, O(n log n).

    Each piece, longest first, goes to the fullest row that still holds it. The result depends on
    the lengths and their order alone.
    """
    rows: list[list[int]] = []
    free: list[tuple[int, int]] = []  # (free positions, row), sorted
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        at = bisect_left(free, (lengths[i], -1))
        if at == len(free):
            free.append((row_tokens, len(rows)))
            rows.append([])
        left, row = free.pop(at)
        rows[row].append(i)
        insort(free, (left - lengths[i], row))
    return rows


def num_inputs(sequence: TrainingSequence, index: int) -> int:
    """Positions of a sequence alone; ValueError where it has no prompt or no completion."""
    if not sequence.prompt_ids or not sequence.completion_ids:
        raise ValueError(
            f"sequence {index} has {len(sequence.prompt_ids)} prompt and "
            f"{len(sequence.completion_ids)} completion tokens; at least one of each is accepted"
        )
    return len(sequence.prompt_ids) + len(sequence.completion_ids) - 1


@dataclass(frozen=True, slots=True)
class _Link:
    """A sequence, its inputs, and how many of them the sequence before it has as well.

    ``shared`` 0 begins a tree.
    """

    index: int
    length: int
    shared: int


def _chains(sequences: Sequence[TrainingSequence], share_prefixes: bool) -> list[_Link]:
    """All sequences, those of one prompt together and sorted; in their own order without."""
    groups: dict[object, list[int]] = {}
    for i, sequence in enumerate(sequences):
        groups.setdefault(sequence.prompt_ids if share_prefixes else i, []).append(i)
    links: list[_Link] = []
    for group in groups.values():
        before: tuple[int, ...] = ()
        # In sorted order nobody shares more with a sequence than its neighbours do.
        for tokens, i in sorted((inputs(sequences[i]), i) for i in group):
            links.append(_Link(i, len(tokens), num_shared(before, tokens)))
            before = tokens
    return links


def _fewest_rows(links: Sequence[_Link], row_tokens: int) -> list[Row]:
    """Of trees as large as a row holds, or of single sequences, which are easier to fit in."""
    trees = _rows(links, row_tokens, row_tokens)
    is_shared = any(link.shared for link in links)
    if not is_shared or len(trees) * row_tokens <= sum(link.length for link in links):
        return trees  # even without padding, single sequences would take as many rows
    return min(trees, _rows(links, row_tokens, 0), key=len)


def _rows(links: Sequence[_Link], row_tokens: int, tree_tokens: int) -> list[Row]:
    pieces = _cut(links, tree_tokens)
    assigned = assign_rows([piece.num_positions for piece in pieces], row_tokens)
    return [[pieces[i] for i in row] for row in assigned]


def _cut(links: Sequence[_Link], tree_tokens: int) -> list[Piece]:
    """Trees of at most ``tree_tokens``, or one sequence; each part of a cut one is whole again."""
    pieces: list[Piece] = []
    members: list[int] = []
    size = 0
    for link in links:
        grown = size + link.length - link.shared
        if members and (not link.shared or grown > tree_tokens):
            pieces.append(Piece(sequences=tuple(members), num_positions=size))
            members, grown = [], link.length
        members.append(link.index)
        size = grown
    if members:
        pieces.append(Piece(sequences=tuple(members), num_positions=size))
    return pieces
