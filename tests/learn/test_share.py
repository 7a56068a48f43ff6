from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from rlvr.learn.aggregation import Totals
from rlvr.learn.batch import PackedBatch, pack
from rlvr.learn.ranks import OneRank
from rlvr.learn.share import deal, without_targets
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import make_sequences
from tests.learn.test_algorithms import KINDS, make_trainer, name_of

TOTALS = Totals(num_tokens=7, num_sequences=3, num_asked=3.0)


def pack_small(sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
    return pack(sequences, row_tokens=24, micro_batch_tokens=48)


class SecondOfTwo(OneRank):
    """The other rank has four micro-batches more."""

    rank = 1
    size = 2

    def most(self, count: int) -> int:
        return count + 4


@pytest.mark.parametrize("count", [1, 12])
def test_a_rank_with_less_work_keeps_time_with_the_others(count: int) -> None:
    sequences = make_sequences(count)
    share = deal(sequences, SecondOfTwo(), pack_small)
    assert bool(share.batches) == (count > 1)
    assert len(share.idle) == 4
    assert sum(b.num_targets for b in share.batches) == sum(
        len(sequences[i].completion_ids) for i in share.indices
    )
    seen: list[int] = []

    def count_targets(batch: PackedBatch) -> int:
        seen.append(batch.num_targets)
        return batch.num_targets

    assert share.map(count_targets) == seen[:-4]
    assert seen[-4:] == [0, 0, 0, 0]


def test_one_rank_has_the_micro_batches_of_before() -> None:
    sequences = make_sequences(12)
    share = deal(sequences, OneRank(), pack_small)
    assert share.indices == list(range(12))
    assert share.idle == []
    for ours, plain in zip(share.batches, pack_small(sequences), strict=True):
        assert ours.sequence_ids == plain.sequence_ids
        assert ours.input_ids.equal(plain.input_ids)


@pytest.mark.parametrize("changes", KINDS, ids=name_of)
def test_a_micro_batch_without_targets_has_gradient_0(changes: dict[str, object]) -> None:
    trainer = make_trainer(**changes)
    sequences = trainer.prepare(make_sequences(2))
    if trainer._critic:
        sequences = [replace(s, returns=s.old_values) for s in sequences]
    batch = without_targets(pack_small(sequences)[0])
    record = trainer._backward(batch, TOTALS)
    assert len(record.losses) == 0
    for name, parameter in trainer.policy.model.named_parameters():
        assert parameter.grad is not None, name
        assert not torch.any(parameter.grad), name
