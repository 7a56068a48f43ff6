"""Sequences that begin alike as a prefix tree, in which every shared token stands once.

The G completions of a problem share its prompt, and those of a model that has found its way of
writing share many of their first tokens too. What a causal model computes at a token depends on
the tokens before it alone, so equal beginnings need one position each. Source: the prefix tree
(trie) of Fredkin 1960; laid out depth first, so that all that continue a token follow it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """T positions; a sequence that shares nothing with others is a tree of one branch."""

    input_ids: Ints
    """[T]"""
    depths: Ints
    """[T]; the tokens before this one in its sequences: its rotary position."""
    ends: Ints
    """[T]; the positions from a token to before its end are those that continue it, and so
    attend to it. It is one of them itself."""
    paths: tuple[Ints, ...]
    """The positions of each sequence's tokens, in its order."""


def num_shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences have in common from their start."""
    for n, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return n
    return min(len(first), len(second))


def build_tree(sequences: Sequence[Sequence[int]]) -> Tree:
    """The tree of sequences in sorted order, where equal beginnings are neighbours."""
    input_ids: list[Ints] = []
    depths: list[Ints] = []
    paths: list[Ints] = []
    ends = np.zeros(sum(map(len, sequences)), dtype=np.int64)
    size = 0
    before: Sequence[int] = ()
    path = np.zeros(0, dtype=np.int64)
    for tokens in sequences:
        shared = num_shared(before, tokens)
        ends[path[shared:]] = size
        new = len(tokens) - shared
        path = np.concatenate([path[:shared], np.arange(size, size + new)])
        input_ids.append(np.array(tokens[shared:], dtype=np.int64))
        depths.append(np.arange(shared, len(tokens)))
        paths.append(path)
        size, before = size + new, tokens
    ends[path] = size
    return Tree(
        input_ids=np.concatenate(input_ids),
        depths=np.concatenate(depths),
        ends=ends[:size],
        paths=tuple(paths),
    )
