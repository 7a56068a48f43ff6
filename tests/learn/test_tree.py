from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rlvr.learn.tree import build_tree, num_shared


def test_by_hand() -> None:
    tree = build_tree([(1, 2, 3), (1, 2, 4, 5), (1, 6), (1, 6), (1, 6, 7)])
    assert tree.input_ids.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert tree.depths.tolist() == [0, 1, 2, 2, 3, 1, 2]
    assert tree.ends.tolist() == [7, 5, 3, 5, 5, 7, 7]
    paths = [path.tolist() for path in tree.paths]
    assert paths == [[0, 1, 2], [0, 1, 3, 4], [0, 5], [0, 5], [0, 5, 6]]


def test_one_sequence_is_a_tree_of_one_branch() -> None:
    tree = build_tree([(4, 4, 5)])
    assert (tree.input_ids.tolist(), tree.depths.tolist()) == ([4, 4, 5], [0, 1, 2])
    assert tree.ends.tolist() == [3, 3, 3]


def test_num_shared() -> None:
    pairs = [((), (1,)), ((1, 2), (1, 2)), ((1, 2), (1, 2, 3)), ((1, 2), (1, 3)), ((1,), (2,))]
    assert [num_shared(a, b) for a, b in pairs] == [0, 2, 2, 1, 0]


@given(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=8), min_size=1, max_size=12))
def test_each_beginning_stands_once_and_is_seen_by_what_continues_it(
    sequences: list[list[int]],
) -> None:
    tree = build_tree(sorted(map(tuple, sequences)))
    beginnings = {tuple(s[:n]) for s in sequences for n in range(1, len(s) + 1)}
    at = {
        tuple(tokens[: n + 1]): int(place)
        for tokens, path in zip(sorted(sequences), tree.paths, strict=True)
        for n, place in enumerate(path)
    }
    assert at.keys() == beginnings
    assert sorted(at.values()) == list(range(len(tree.input_ids)))
    for beginning, place in at.items():
        assert tree.input_ids[place] == beginning[-1]
        assert tree.depths[place] == len(beginning) - 1
        seen = {b for b, p in at.items() if p <= place < tree.ends[p]}
        assert seen == {beginning[:n] for n in range(1, len(beginning) + 1)}
