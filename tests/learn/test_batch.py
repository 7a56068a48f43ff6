from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.learn.batch import (
    assign_rows,
    block_causal_mask,
    choose_row_tokens,
    pack,
    padding_share,
    unpack,
)
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import make_sequences


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
    assert batch.target_positions.tolist() == [2, 3, 4, 6, 7, 8, 9]
    assert batch.targets.tolist() == [24, 25, 26, 13, 14, 32, 33]
    assert batch.advantages.tolist() == [-1, -1, -1, 0.5, 0.5, 2, 2]
    assert batch.rollout_logprobs.tolist() == [-0.5, -1, -1.5, -0.5, -1, -0.5, -1]
    assert batch.loss_mask.int().tolist() == [[0, 0, 1, 1, 1, 0, 1, 1], [1, 1, 0, 0, 0, 0, 0, 0]]
    assert (batch.sequence_ids, batch.target_counts) == ((1, 0, 2), (3, 2, 2))
    assert padding_share([batch]) == pytest.approx(6 / 16)
    targets = unpack([batch], [batch.targets])
    assert [array.tolist() for array in targets] == [[13, 14], [24, 25, 26], [32, 33]]


def test_block_causal_mask_by_hand() -> None:
    mask = block_causal_mask(torch.tensor([[1, 1, 2, 2, 0]]))
    assert mask.int().tolist() == [
        [
            [
                [1, 0, 0, 0, 0],
                [1, 1, 0, 0, 0],
                [0, 0, 1, 0, 0],
                [0, 0, 1, 1, 0],
                [0, 0, 0, 0, 1],
            ]
        ]
    ]


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(50, 120))
def test_rows_hold_every_sequence_once_and_are_never_too_long(
    lengths: list[int], row_tokens: int
) -> None:
    rows = assign_rows(lengths, row_tokens)
    assert sorted(i for row in rows for i in row) == list(range(len(lengths)))
    used = sorted(sum(lengths[i] for i in row) for row in rows)
    assert all(0 < n <= row_tokens for n in used)
    # No two rows could have been one.
    assert len(used) < 2 or used[0] + used[1] > row_tokens


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(24, 60), st.integers(1, 300))
def test_packing_loses_and_mixes_nothing(
    seed: int, count: int, row_tokens: int, micro_batch_tokens: int
) -> None:
    sequences = make_sequences(count, seed=seed)
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
    # What precedes a target is the token before it in its own sequence.
    before = [batch.input_ids.view(-1)[batch.target_positions] for batch in batches]
    for tokens, given_sequence in zip(unpack(batches, before), sequences, strict=True):
        expected = (given_sequence.prompt_ids[-1], *given_sequence.completion_ids[:-1])
        assert tuple(tokens) == expected


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("longest", [60, 120, 400])
def test_a_typical_step_is_less_than_five_per_cent_padding(seed: int, longest: int) -> None:
    rng = np.random.default_rng(seed)
    completions = np.clip(rng.gamma(4.0, longest / 12, size=200), 3, longest).astype(int)
    sequences = [sequence([1] * 12, [2] * int(n)) for n in completions]
    row_tokens = choose_row_tokens(sequences, width=128)
    assert padding_share(pack(sequences, row_tokens, 4_096)) < 0.05


def test_row_length_goes_with_the_longest_sequence_and_the_padding_it_leaves() -> None:
    equal = [sequence([1], [2] * 100)] * 20
    assert choose_row_tokens(equal, width=128) == 100
    # 0.6 of the longest: rows of one length would be 40 % empty, and a wide model hardly
    # feels the longer attention.
    awkward = [sequence([1], [2] * 100), *[sequence([1], [2] * 60)] * 40]
    assert choose_row_tokens(awkward, width=4_096) > 100
    assert choose_row_tokens([], width=128) >= 1


def test_equal_inputs_give_equal_batches() -> None:
    first, second = (pack(make_sequences(30), 40, 120) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert a.input_ids.equal(b.input_ids)
        assert a.sequence_ids == b.sequence_ids


def test_no_sequences_give_no_batches() -> None:
    assert pack([], 10, 10) == []
    assert unpack([], []) == []
    assert padding_share([]) == 0.0


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
