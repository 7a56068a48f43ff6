from __future__ import annotations

from collections import Counter

import pytest

from rlvr.config_sampling import BehindConfig, LearnabilityConfig, SamplingConfig
from rlvr.data.order import batch_indices
from rlvr.data.sampler import TaskSampler
from rlvr.types import Task
from verifiers import Problem

TASKS = [
    Task(id=f"t{n}", family=("linear", "radical")[n % 2], text="", problem=Problem(equation="x=1"))
    for n in range(20)
]
LEARNABLE = SamplingConfig(difficulty=LearnabilityConfig(memory=0.5, floor=0.1))
BEHIND = SamplingConfig(families=BehindConfig(memory=0.5, strength=9.0))


def make(config: SamplingConfig) -> TaskSampler:
    return TaskSampler(TASKS, config, seed=3)


def drawn(sampler: TaskSampler, steps: int = 200) -> Counter[str]:
    return Counter(task.id for step in range(steps) for task in sampler.draw(step, 4))


def test_by_default_problems_come_in_epochs() -> None:
    sampler = make(SamplingConfig())
    sampler.observe(TASKS, [1.0] * 20)
    for step in range(7):
        rows = batch_indices(20, 4, step, 3)
        assert sampler.draw(step, 4) == [TASKS[row] for row in rows]
    assert sampler.metrics() == {}
    assert sampler.state_dict() == {"success": {}, "families": {}}


def test_problems_solved_half_of_the_time_come_most_often() -> None:
    sampler = make(LEARNABLE)
    sampler.observe(TASKS, [0.0] * 8 + [1.0] * 8 + [0.5] * 4)
    counts = drawn(sampler)
    assert min(counts[f"t{n}"] for n in (16, 17, 18, 19)) > 2 * max(
        counts[f"t{n}"] for n in range(16)
    )
    assert sampler.metrics() == {"sampling/problems_tried": 20.0, "sampling/success": 0.5}
    # It follows: what is solved half of the time now comes back.
    for _ in range(5):
        sampler.observe(TASKS[:8], [0.5] * 8)
    assert drawn(sampler)["t0"] > 2 * counts["t0"]


def test_an_untried_problem_is_worth_a_try_and_an_undecided_one_stays_untried() -> None:
    sampler = make(LEARNABLE)
    sampler.observe(TASKS[:19], [1.0] * 18 + [None])
    counts = drawn(sampler)
    assert min(counts["t18"], counts["t19"]) > 2 * max(counts[f"t{n}"] for n in range(18))


def test_a_family_that_falls_behind_comes_more_often() -> None:
    sampler = make(BEHIND)
    sampler.observe(TASKS, [1.0 if task.family == "linear" else 0.5 for task in TASKS])
    families: Counter[str] = Counter()
    for name, count in drawn(sampler).items():
        families[TASKS[int(name[1:])].family] += count
    assert families["radical"] > 2 * families["linear"]  # weights 5.5 and 1, without replacement
    assert sampler.metrics() == {"sampling/success/linear": 1.0, "sampling/success/radical": 0.5}


@pytest.mark.parametrize("config", [SamplingConfig(), LEARNABLE, BEHIND])
def test_more_problems_for_a_step_are_others(config: SamplingConfig) -> None:
    sampler = make(config)
    first = sampler.draw(5, 4)
    taken = {task.id for task in first}
    more = sampler.draw_more(5, 1, 6, taken)
    assert len({task.id for task in first + more}) == 10
    assert more == sampler.draw_more(5, 1, 6, taken)
    assert more != sampler.draw_more(5, 2, 6, taken)
    assert more != sampler.draw_more(6, 1, 6, taken)
    assert len(sampler.draw_more(5, 1, 99, taken)) == 16
    with pytest.raises(ValueError, match="problems needs as many"):
        sampler.draw(0, 21)


@pytest.mark.parametrize("config", [LEARNABLE, BEHIND])
def test_a_sampler_with_the_state_of_another_draws_the_same(config: SamplingConfig) -> None:
    first, second = make(config), make(config)
    for _ in range(3):
        first.observe(TASKS, [(n % 7) / 6 for n in range(20)])
    assert drawn(first) != drawn(second)
    second.load_state_dict(first.state_dict())
    assert [first.draw(step, 4) for step in range(9)] == [second.draw(step, 4) for step in range(9)]
    state = first.state_dict()
    first.observe(TASKS, [1.0] * 20)
    assert state == second.state_dict() != first.state_dict()  # a state is a copy
