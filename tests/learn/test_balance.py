from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rlvr.learn.balance import SLACK, balance
from rlvr.types import TrainingSequence


def sequence(prompt: int, length: int) -> TrainingSequence:
    """``length`` tokens in all; equal ``prompt`` makes a group."""
    return TrainingSequence(prompt_ids=(prompt,), completion_ids=(0,) * (length - 1))


def load(share: list[int], sequences: list[TrainingSequence]) -> int:
    return sum(1 + len(sequences[i].completion_ids) for i in share)


@settings(max_examples=60)
@given(
    sequences=st.lists(st.builds(sequence, st.integers(0, 6), st.integers(2, 90)), max_size=40),
    num_ranks=st.integers(1, 9),
)
def test_every_sequence_has_one_rank_and_the_work_is_even(
    sequences: list[TrainingSequence], num_ranks: int
) -> None:
    shares = balance(sequences, num_ranks)
    assert len(shares) == num_ranks
    assert sorted(i for share in shares for i in share) == list(range(len(sequences)))
    loads = [load(share, sequences) for share in shares]
    heaviest = shares[loads.index(max(loads))]
    gap = max(loads) - min(loads)
    smallest = min((load([i], sequences) for i in heaviest), default=0)
    # Either within the slack, or the smallest sequence of the heaviest rank is no help.
    assert gap <= SLACK * sum(loads) / num_ranks or smallest >= gap


def test_groups_stay_whole_where_the_work_is_even_so() -> None:
    groups = [sequence(prompt, 10) for prompt in range(4) for _ in range(8)]
    for share in balance(groups, 2):
        assert [share.count(i) for i in share] == [1] * 16
        assert len({groups[i].prompt_ids for i in share}) == 2


def test_as_few_groups_as_needed_are_split() -> None:
    groups = [sequence(prompt, 10) for prompt in range(3) for _ in range(8)]
    shares = balance(groups, 2)
    assert [len(share) for share in shares] == [12, 12]
    prompts = [{groups[i].prompt_ids for i in share} for share in shares]
    assert len(prompts[0] & prompts[1]) == 1


def test_one_rank_has_everything_in_its_order() -> None:
    assert balance([sequence(i % 2, 5 + i) for i in range(5)], 1) == [[0, 1, 2, 3, 4]]


def test_a_rank_may_have_nothing() -> None:
    assert balance([sequence(0, 7)], 3) == [[0], [], []]
