"""Training sequences -> rows that hold nothing twice, and almost no padding.

Shapes: R rows of L positions, N trained tokens, K different ones: a position and a next token
that several completions share are computed once (``tree.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rlvr.learn.rows import Row, inputs, lay_out
from rlvr.learn.tree import build_tree
from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBatch:
    """One micro-batch. Trained tokens lie in row order, each sequence's together."""

    input_ids: Tensor
    """[R, L] int64; padding holds 0, and nothing may depend on it."""
    position_ids: Tensor
    """[R, L] int64; from 0 in each sequence."""
    segment_ids: Tensor
    """[R, L] int64; 1, 2, ... for the trees of a row, 0 for padding."""
    ends: Tensor
    """[R, L] int64; the columns from a position's own to before its end attend to it."""
    target_positions: Tensor
    """[N] int64; flat positions (row * L + column) whose next token is trained. Completions that
    begin alike have some in common."""
    targets: Tensor
    """[N] int64; those next tokens."""
    distinct: Tensor
    """[K] int64; the first place in [N] of each different pair of position and target."""
    copies: Tensor
    """[N] int64; the place in [K] of each trained token."""
    advantages: Tensor
    """[N] float32; of the sequence each token belongs to, or the token's own."""
    rollout_logprobs: Tensor
    """[N] float32; NaN where a sequence came without them."""
    sequence_ids: tuple[int, ...]
    """The caller's index of each sequence, in the order of the trained tokens."""
    target_counts: tuple[int, ...]
    """Trained tokens of each of those sequences; they add up to N."""
    old_logprobs: Tensor | None = None
    """[N] float32, as all below; None where the sequences came without."""
    reference_logprobs: Tensor | None = None
    old_values: Tensor | None = None
    returns: Tensor | None = None

    @property
    def num_targets(self) -> int:
        return len(self.targets)

    @property
    def loss_mask(self) -> Tensor:
        """[R, L] bool: where the next token is trained."""
        mask = torch.zeros_like(self.input_ids, dtype=torch.bool)
        mask.view(-1)[self.target_positions] = True
        return mask

    def to(self, device: torch.device) -> PackedBatch:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        tensors: dict[str, Any] = {
            name: value.to(device) for name, value in values.items() if isinstance(value, Tensor)
        }
        return replace(self, **tensors)


def pack(
    sequences: Sequence[TrainingSequence],
    row_tokens: int,
    micro_batch_tokens: int,
    share_prefixes: bool = True,
) -> list[PackedBatch]:
    """Pack sequences into rows of at most ``row_tokens`` positions, rows into micro-batches.

    A micro-batch has at most ``micro_batch_tokens`` positions, padding included, but always one
    row. Raises ValueError for a sequence that does not fit a row or has nothing to train.
    """
    rows = lay_out(sequences, row_tokens, share_prefixes)
    if not rows:
        return []
    longest = max(map(_num_positions, rows))
    num_batches = -(-len(rows) // max(1, micro_batch_tokens // longest))
    # An even split: a last micro-batch of one or two rows would waste the cores.
    bounds = [len(rows) * k // num_batches for k in range(num_batches + 1)]
    return [fill_rows(sequences, rows[a:b]) for a, b in pairwise(bounds)]


def fill_rows(sequences: Sequence[TrainingSequence], rows: Sequence[Row]) -> PackedBatch:
    """One micro-batch with these pieces in these rows, as long as the longest."""
    length = max(map(_num_positions, rows))
    input_ids, position_ids, segment_ids = np.zeros((3, len(rows), length), dtype=np.int64)
    # Padding is attended to by the padding after it, so that no softmax is over nothing.
    ends = np.full((len(rows), length), length)
    target_positions: list[NDArray[np.int64]] = []
    for r, row in enumerate(rows):
        start = 0
        for segment, piece in enumerate(row, start=1):
            tree = build_tree([inputs(sequences[i]) for i in piece.sequences])
            columns = slice(start, start + len(tree.input_ids))
            input_ids[r, columns] = tree.input_ids
            position_ids[r, columns] = tree.depths
            segment_ids[r, columns] = segment
            ends[r, columns] = start + tree.ends
            target_positions += [
                r * length + start + path[len(sequences[i].prompt_ids) - 1 :]
                for i, path in zip(piece.sequences, tree.paths, strict=True)
            ]
            start = columns.stop
    order = [i for row in rows for piece in row for i in piece.sequences]
    positions = np.concatenate(target_positions)
    targets = np.concatenate([sequences[i].completion_ids for i in order]).astype(np.int64)
    distinct, copies = _distinct(positions, targets)
    return PackedBatch(
        input_ids=torch.from_numpy(input_ids),
        position_ids=torch.from_numpy(position_ids),
        segment_ids=torch.from_numpy(segment_ids),
        ends=torch.from_numpy(ends),
        target_positions=torch.from_numpy(positions),
        targets=torch.from_numpy(targets),
        distinct=torch.from_numpy(distinct),
        copies=torch.from_numpy(copies),
        sequence_ids=tuple(order),
        **_columns([sequences[i] for i in order], order),
    )


def unpack(batches: Sequence[PackedBatch], values: Iterable[Tensor]) -> list[NDArray[np.float32]]:
    """Undo the packing: one value a trained token in each batch -> one array a sequence.

    The arrays come in the order in which the sequences were given to ``pack``.
    """
    arrays: dict[int, NDArray[np.float32]] = {}
    for batch, tokens in zip(batches, values, strict=True):
        parts = np.split(tokens.float().cpu().numpy(), np.cumsum(batch.target_counts)[:-1])
        arrays.update(zip(batch.sequence_ids, parts, strict=True))
    return [arrays[i] for i in range(len(arrays))]


def padding_share(batches: Sequence[PackedBatch]) -> float:
    """The share of positions that are padding, from 0 to 1."""
    total = sum(batch.segment_ids.numel() for batch in batches)
    padding = sum(int((batch.segment_ids == 0).sum()) for batch in batches)
    return padding / total if total else 0.0


def shared_share(batches: Sequence[PackedBatch]) -> float:
    """The share of the sequences' inputs that others' positions stand for, from 0 to 1."""
    inputs = positions = 0
    for batch in batches:
        last = batch.target_positions[np.cumsum(batch.target_counts) - 1]
        inputs += int((batch.position_ids.view(-1)[last] + 1).sum())
        positions += int((batch.segment_ids > 0).sum())
    return 1 - positions / inputs if inputs else 0.0


def _num_positions(row: Row) -> int:
    return sum(piece.num_positions for piece in row)


def _distinct(
    positions: NDArray[np.int64], targets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first place of each different pair, [K], and the pair of each place, [N]."""
    pairs = positions * (targets.max(initial=0) + 1) + targets
    _, first, copies = np.unique(pairs, return_index=True, return_inverse=True)
    return first, copies


def _columns(given: Sequence[TrainingSequence], order: Sequence[int]) -> dict[str, Any]:
    """What belongs to the trained tokens of these sequences, in their order."""
    counts = [len(sequence.completion_ids) for sequence in given]
    advantages = np.repeat(np.array([s.advantage for s in given], dtype=np.float32), counts)
    own = _column([s.token_advantages for s in given], counts)
    logprobs = [_rollout_logprobs(s, i) for s, i in zip(given, order, strict=True)]
    return {
        "advantages": torch.from_numpy(advantages) if own is None else own,
        "rollout_logprobs": torch.from_numpy(np.concatenate(logprobs)),
        "target_counts": tuple(counts),
        "old_logprobs": _column([s.old_logprobs for s in given], counts),
        "reference_logprobs": _column([s.reference_logprobs for s in given], counts),
        "old_values": _column([s.old_values for s in given], counts),
        "returns": _column([s.returns for s in given], counts),
    }


def _rollout_logprobs(sequence: TrainingSequence, index: int) -> NDArray[np.float32]:
    count, given = len(sequence.completion_ids), len(sequence.rollout_logprobs)
    if given not in (0, count):
        raise ValueError(
            f"sequence {index} has {given} rollout logprobs; 0 or {count} are accepted, "
            "one a completion token"
        )
    return np.array(sequence.rollout_logprobs or [np.nan] * count, dtype=np.float32)


def _column(values: Sequence[Sequence[float]], counts: Sequence[int]) -> Tensor | None:
    """All sequences' values of one kind as [N], or None where they have none."""
    if not any(values):
        return None
    assert [len(each) for each in values] == list(counts)
    return torch.from_numpy(np.concatenate([np.array(each, dtype=np.float32) for each in values]))
