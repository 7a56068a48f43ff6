from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.learn.batch import pack, padding_share, shared_share, unpack
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import make_groups, make_sequences


def sequence(prompt: list[int], completion: list[int], advantage: float = 1.0) -> TrainingSequence:
    logprobs = tuple(-0.5 * (k + 1) for k in range(len(completion)))
    return TrainingSequence(
        prompt_ids=tuple(prompt),
        completion_ids=tuple(completion),
        rollout_logprobs=logprobs,
        advantage=advantage,
    )


def test_pack_by_hand() -> None:
    # 3, 5 and 2 positions: the last token of each sequence is a target only.
    sequences = [
        sequence([11, 12], [13, 14], 0.5),
        sequence([21, 22, 23], [24, 25, 26], -1.0),
        sequence([31], [32, 33], 2.0),
    ]
    (batch,) = pack(sequences, row_tokens=8, micro_batch_tokens=100)
    assert batch.input_ids.tolist() == [
        [21, 22, 23, 24, 25, 11, 12, 13],
        [31, 32, 0, 0, 0, 0, 0, 0],
    ]
    assert batch.position_ids.tolist() == [[0, 1, 2, 3, 4, 0, 1, 2], [0, 1, 0, 0, 0, 0, 0, 0]]
    assert batch.segment_ids.tolist() == [[1, 1, 1, 1, 1, 2, 2, 2], [1, 1, 0, 0, 0, 0, 0, 0]]
    assert batch.ends.tolist() == [[5, 5, 5, 5, 5, 8, 8, 8], [2, 2, 8, 8, 8, 8, 8, 8]]
    assert batch.target_positions.tolist() == [2, 3, 4, 6, 7, 8, 9]
    assert batch.targets.tolist() == [24, 25, 26, 13, 14, 32, 33]
    assert batch.advantages.tolist() == [-1, -1, -1, 0.5, 0.5, 2, 2]
    assert batch.rollout_logprobs.tolist() == [-0.5, -1, -1.5, -0.5, -1, -0.5, -1]
    assert batch.loss_mask.int().tolist() == [[0, 0, 1, 1, 1, 0, 1, 1], [1, 1, 0, 0, 0, 0, 0, 0]]
    assert (batch.sequence_ids, batch.target_counts) == ((1, 0, 2), (3, 2, 2))
    assert padding_share([batch]) == pytest.approx(6 / 16)
    targets = unpack([batch], [batch.targets])
    assert [array.tolist() for array in targets] == [[13, 14], [24, 25, 26], [32, 33]]


def test_completions_of_one_prompt_by_hand() -> None:
    sequences = [
        sequence([1, 2], [3, 4, 9], 0.5),
        sequence([7], [8, 9], 1.0),
        sequence([1, 2], [3, 5], 2.0),
        sequence([1, 2], [6], 3.0),
        sequence([1, 2], [3, 4, 9], 4.0),
    ]
    (batch,) = pack(sequences, row_tokens=8, micro_batch_tokens=100)
    # The tree 1 2 (3 (4) | ), in which 5, 6 and 9 are targets only; then 7 8.
    assert batch.input_ids.tolist() == [[1, 2, 3, 4, 7, 8]]
    assert batch.position_ids.tolist() == [[0, 1, 2, 3, 0, 1]]
    assert batch.segment_ids.tolist() == [[1, 1, 1, 1, 2, 2]]
    assert batch.ends.tolist() == [[4, 4, 4, 4, 6, 6]]
    assert batch.sequence_ids == (3, 2, 0, 4, 1)
    assert batch.target_positions.tolist() == [1, 1, 2, 1, 2, 3, 1, 2, 3, 4, 5]
    assert batch.targets.tolist() == [6, 3, 5, 3, 4, 9, 3, 4, 9, 8, 9]
    assert batch.advantages.tolist() == [3, 2, 2, 0.5, 0.5, 0.5, 4, 4, 4, 1, 1]
    # (1, 3), (1, 6), (2, 4), (2, 5), (3, 9), (4, 8), (5, 9): the fifth completion adds nothing.
    assert batch.copies.tolist() == [1, 0, 3, 0, 2, 4, 0, 2, 4, 5, 6]
    assert batch.distinct.tolist() == [1, 0, 4, 2, 5, 9, 10]
    # Of 2 + 3 + 4 + 4 + 2 inputs 6 are there.
    assert shared_share([batch]) == pytest.approx(9 / 15)


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(24, 60), st.integers(1, 300))
def test_packing_loses_and_mixes_nothing(
    seed: int, count: int, row_tokens: int, micro_batch_tokens: int
) -> None:
    sequences = make_groups(count, seed=seed)
    batches = pack(sequences, row_tokens, micro_batch_tokens)
    for batch in batches:
        rows, length = batch.input_ids.shape
        assert rows == 1 or rows * length <= micro_batch_tokens
        assert length <= row_tokens
    fields = {
        name: unpack(batches, [getattr(batch, name) for batch in batches])
        for name in ("targets", "advantages", "rollout_logprobs")
    }
    for i, given_sequence in enumerate(sequences):
        assert tuple(fields["targets"][i]) == given_sequence.completion_ids
        np.testing.assert_allclose(fields["advantages"][i], given_sequence.advantage, rtol=1e-6)
        np.testing.assert_allclose(
            fields["rollout_logprobs"][i], given_sequence.rollout_logprobs, rtol=1e-6
        )
    for batch in batches:
        pairs = torch.stack([batch.target_positions, batch.targets])
        assert pairs[:, batch.distinct][:, batch.copies].equal(pairs)
        assert len(pairs.unique(dim=1)[0]) == len(batch.distinct)
    # What precedes a target is the token before it in its own sequence.
    before = [batch.input_ids.view(-1)[batch.target_positions] for batch in batches]
    for tokens, given_sequence in zip(unpack(batches, before), sequences, strict=True):
        expected = (given_sequence.prompt_ids[-1], *given_sequence.completion_ids[:-1])
        assert tuple(tokens) == expected


def test_equal_inputs_give_equal_batches() -> None:
    first, second = (pack(make_sequences(30), 40, 120) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert a.input_ids.equal(b.input_ids)
        assert a.sequence_ids == b.sequence_ids


def test_no_sequences_give_no_batches() -> None:
    assert pack([], 10, 10) == []
    assert unpack([], []) == []
    assert padding_share([]) == shared_share([]) == 0.0


def test_supervised_examples_have_no_rollout_logprobs() -> None:
    example = TrainingSequence(prompt_ids=(1, 2), completion_ids=(3, 4))
    (batch,) = pack([example], 10, 10)
    assert batch.rollout_logprobs.isnan().all()
    assert batch.advantages.tolist() == [1.0, 1.0]


def test_refuses() -> None:
    good = sequence([1, 2], [3, 4])
    with pytest.raises(ValueError, match="sequence 1 takes 5 positions; rows of 4"):
        pack([good, sequence([1, 2, 3], [4, 5, 6])], 4, 100)
    with pytest.raises(ValueError, match="sequence 0 has 0 prompt"):
        pack([sequence([], [3])], 10, 10)
    with pytest.raises(ValueError, match="sequence 1 has 2 prompt and 0 completion"):
        pack([good, sequence([1, 2], [])], 10, 10)
    with pytest.raises(ValueError, match="sequence 0 has 1 rollout logprobs; 0 or 2"):
        pack([replace(good, rollout_logprobs=(-1.0,))], 10, 10)
