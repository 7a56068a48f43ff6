from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.learn.batch import PackedBatch, pack, padding_share
from rlvr.learn.rows import assign_rows, choose_row_tokens, inputs, lay_out
from rlvr.learn.tree import build_tree
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import make_groups, make_sequences


def sequence(prompt: list[int], completion: list[int]) -> TrainingSequence:
    return TrainingSequence(prompt_ids=tuple(prompt), completion_ids=tuple(completion))


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


def test_a_group_that_is_too_long_for_a_row_repeats_its_beginning() -> None:
    # 4 + 3 positions each, of which 4 are shared.
    group = [sequence([1, 1, 1, 1], [k, k, k, 9]) for k in (2, 3, 4)]

    def pieces(row_tokens: int) -> list[list[tuple[tuple[int, ...], int]]]:
        rows = lay_out(group, row_tokens)
        return [[(piece.sequences, piece.num_positions) for piece in row] for row in rows]

    assert pieces(13) == [[((0, 1, 2), 13)]]
    assert pieces(12) == [[((0, 1), 10)], [((2,), 7)]]
    assert pieces(9) == [[((0,), 7)], [((1,), 7)], [((2,), 7)]]
    rows = lay_out(group, 13, share_prefixes=False)
    assert [[piece.sequences for piece in row] for row in rows] == [[(0,)], [(1,)], [(2,)]]


def test_single_sequences_where_trees_take_more_rows() -> None:
    # With the middle two as one tree: 4, 5 and 5 positions, no two of which fit into 8.
    lengths = [(1, 4), (2, 2), (2, 4), (3, 5)]
    sequences = [sequence([prompt], [10 + n] * n) for prompt, n in lengths]
    rows = lay_out(sequences, 8)
    assert [[piece.num_positions for piece in row] for row in rows] == [[5, 2], [4, 4]]


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(24, 100))
def test_sharing_never_takes_more_rows_and_pieces_are_as_long_as_they_say(
    seed: int, count: int, row_tokens: int
) -> None:
    sequences = make_groups(count, seed=seed)
    rows = lay_out(sequences, row_tokens)
    assert len(rows) <= len(lay_out(sequences, row_tokens, share_prefixes=False))
    pieces = [piece for row in rows for piece in row]
    assert sorted(i for piece in pieces for i in piece.sequences) == list(range(count))
    assert max(sum(piece.num_positions for piece in row) for row in rows) <= row_tokens
    for piece in pieces:
        tree = build_tree([inputs(sequences[i]) for i in piece.sequences])
        assert len(tree.input_ids) == piece.num_positions
        assert len({sequences[i].prompt_ids for i in piece.sequences}) == 1


def test_without_common_prompts_nothing_changes() -> None:
    sequences = [s for s in make_sequences(20) if len(s.prompt_ids) > 2]
    assert lay_out(sequences, 40) == lay_out(sequences, 40, share_prefixes=False)


def num_positions(batches: list[PackedBatch]) -> int:
    return sum(batch.input_ids.numel() for batch in batches)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("longest", [60, 120, 400])
def test_a_typical_step_is_less_than_five_per_cent_padding(seed: int, longest: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = np.clip(rng.gamma(4.0, longest / 12, size=200), 3, longest).astype(int)
    apart = [sequence([k] * 12, [2] * int(n)) for k, n in enumerate(lengths)]
    before = pack(apart, choose_row_tokens(apart, width=128), 4_096)
    assert padding_share(before) < 0.05
    # In groups of 8 whose completions have nothing in common but their prompts there is more
    # padding, and still less in all.
    groups = [sequence([k // 8] * 12, [k] * int(n)) for k, n in enumerate(lengths)]
    after = pack(groups, choose_row_tokens(groups, width=128), 4_096)
    assert num_positions(after) <= num_positions(before)


def test_row_length_goes_with_the_longest_sequence_and_the_padding_it_leaves() -> None:
    equal = [sequence([k], [2] * 100) for k in range(20)]
    assert choose_row_tokens(equal, width=128) == 100
    # 0.6 of the longest: rows of one length would be 40 % empty, and a wide model hardly
    # feels the longer attention.
    awkward = [sequence([0], [2] * 100), *[sequence([k], [2] * 60) for k in range(1, 41)]]
    assert choose_row_tokens(awkward, width=4_096) > 100
    assert choose_row_tokens([], width=128) >= 1


def test_rows_hold_whole_groups_where_long_prompts_are_shared() -> None:
    def choose(num_prompts: int) -> int:
        sequences = [sequence([k % num_prompts] * 100, [k] * 17) for k in range(64)]
        return choose_row_tokens(sequences, width=4_096)

    # A prompt and 8 completions of 16 positions: 228, one tree.
    assert choose(num_prompts=8) == 232
    assert choose(num_prompts=64) == 116
