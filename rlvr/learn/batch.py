"""Training sequences -> rows of whole sequences, so that almost no position is padding.

Shapes: R rows of L positions, N trained tokens. The last token of a sequence predicts nothing
and is never an input, so a sequence of n tokens takes n - 1 positions.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBatch:
    """One micro-batch. Trained tokens lie in row order, each sequence's together."""

    input_ids: Tensor
    """[R, L] int64; padding holds 0, and nothing may depend on it."""
    position_ids: Tensor
    """[R, L] int64; from 0 in each sequence."""
    segment_ids: Tensor
    """[R, L] int64; 1, 2, ... for the sequences of a row, 0 for padding."""
    target_positions: Tensor
    """[N] int64; flat positions (row * L + column) whose next token is trained."""
    targets: Tensor
    """[N] int64; those next tokens."""
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
    sequences: Sequence[TrainingSequence], row_tokens: int, micro_batch_tokens: int
) -> list[PackedBatch]:
    """Pack sequences into rows of at most ``row_tokens`` positions, rows into micro-batches.

    A micro-batch has at most ``micro_batch_tokens`` positions, padding included, but always one
    row. Raises ValueError for a sequence that does not fit a row or has nothing to train.
    """
    lengths = [_num_inputs(sequence, i, row_tokens) for i, sequence in enumerate(sequences)]
    rows = assign_rows(lengths, row_tokens)
    if not rows:
        return []
    longest = max(sum(lengths[i] for i in row) for row in rows)
    num_batches = -(-len(rows) // max(1, micro_batch_tokens // longest))
    # An even split: a last micro-batch of one or two rows would waste the cores.
    bounds = [len(rows) * k // num_batches for k in range(num_batches + 1)]
    return [fill_rows(sequences, rows[a:b]) for a, b in pairwise(bounds)]


def assign_rows(lengths: Sequence[int], row_tokens: int) -> list[list[int]]:
    """Indices of the sequences of each row: best-fit decreasing, O(n log n).

    Each sequence, longest first, goes to the fullest row that still holds it. The result
    depends on the lengths and their order alone.
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


def choose_row_tokens(sequences: Sequence[TrainingSequence], width: int) -> int:
    """The row length at which packing these sequences costs least, for a model of this width.

    Longer rows leave less padding but more masked attention. A layer's matrices cost about
    12 width^2 multiply-adds a position and its attention 2 L width: L / (6 width) of it.
    """
    lengths = [_num_inputs(sequence, i) for i, sequence in enumerate(sequences)]
    longest = max(lengths, default=1)
    candidates = [longest * k // 4 for k in (4, 5, 6, 7, 8, 12, 16)]
    return min(candidates, key=lambda c: c * len(assign_rows(lengths, c)) * (6 * width + c))


def fill_rows(sequences: Sequence[TrainingSequence], rows: Sequence[Sequence[int]]) -> PackedBatch:
    """One micro-batch with these sequences (by index) in these rows, as long as the longest."""
    length = max(sum(_num_inputs(sequences[i], i) for i in row) for row in rows)
    input_ids, position_ids, segment_ids = np.zeros((3, len(rows), length), dtype=np.int64)
    target_positions: list[NDArray[np.int64]] = []
    for r, row in enumerate(rows):
        start = 0
        for segment, i in enumerate(row, start=1):
            tokens = sequences[i].prompt_ids + sequences[i].completion_ids[:-1]
            end = start + len(tokens)
            input_ids[r, start:end] = tokens
            position_ids[r, start:end] = np.arange(len(tokens))
            segment_ids[r, start:end] = segment
            first = end - len(sequences[i].completion_ids)
            target_positions.append(r * length + np.arange(first, end))
            start = end
    order = [i for row in rows for i in row]
    counts = [len(sequences[i].completion_ids) for i in order]
    given = [sequences[i] for i in order]
    advantages = torch.from_numpy(
        np.repeat(np.array([s.advantage for s in given], dtype=np.float32), counts)
    )
    targets = [sequences[i].completion_ids for i in order]
    logprobs = [_rollout_logprobs(sequences[i], i) for i in order]
    own = _column([s.token_advantages for s in given], counts)
    return PackedBatch(
        input_ids=torch.from_numpy(input_ids),
        position_ids=torch.from_numpy(position_ids),
        segment_ids=torch.from_numpy(segment_ids),
        target_positions=torch.from_numpy(np.concatenate(target_positions)),
        targets=torch.from_numpy(np.concatenate(targets).astype(np.int64)),
        advantages=advantages if own is None else own,
        rollout_logprobs=torch.from_numpy(np.concatenate(logprobs)),
        sequence_ids=tuple(order),
        target_counts=tuple(counts),
        old_logprobs=_column([s.old_logprobs for s in given], counts),
        reference_logprobs=_column([s.reference_logprobs for s in given], counts),
        old_values=_column([s.old_values for s in given], counts),
        returns=_column([s.returns for s in given], counts),
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


def block_causal_mask(segment_ids: Tensor) -> Tensor:
    """Which positions each position attends to: its own sequence's, up to itself.

    Shapes: [R, L] -> [R, 1, L, L] bool. Padding attends to padding, so that no row of the mask
    is empty and no softmax gives NaN.
    """
    same = segment_ids[:, None, :, None] == segment_ids[:, None, None, :]
    return same.tril()


def padding_share(batches: Sequence[PackedBatch]) -> float:
    """The share of positions that are padding, from 0 to 1."""
    total = sum(batch.segment_ids.numel() for batch in batches)
    padding = sum(int((batch.segment_ids == 0).sum()) for batch in batches)
    return padding / total if total else 0.0


def _num_inputs(sequence: TrainingSequence, index: int, row_tokens: int | None = None) -> int:
    if not sequence.prompt_ids or not sequence.completion_ids:
        raise ValueError(
            f"sequence {index} has {len(sequence.prompt_ids)} prompt and "
            f"{len(sequence.completion_ids)} completion tokens; at least one of each is accepted"
        )
    length = len(sequence.prompt_ids) + len(sequence.completion_ids) - 1
    if row_tokens is not None and length > row_tokens:
        raise ValueError(
            f"sequence {index} takes {length} positions; rows of {row_tokens} are accepted"
        )
    return length


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
