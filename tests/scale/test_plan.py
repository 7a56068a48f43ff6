"""Layouts: the parts add up, GPUs are neither lost nor doubled, and more of them never hurt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlvr.model_sizes import num_parameters
from rlvr.scale.hardware import DEVICES, Efficiency, device
from rlvr.scale.plan import TOPOLOGIES, Plan, choose, plans
from rlvr.scale.shapes import SHAPES
from rlvr.scale.table import recommended
from rlvr.scale.training import state_bytes
from rlvr.scale.workload import Workload

H100, GPUS = DEVICES["h100"], (8, 16, 32, 64, 128, 256, 512, 1_024)
PLAN = Plan(
    topology="colocated",
    learner_gpus=8,
    engine_gpus=8,
    parallel=1,
    recompute=False,
    generate=5.0,
    verify=1.0,
    train=3.0,
    update=0.5,
    mfu=0.4,
)


def test_a_step_by_hand() -> None:
    assert (PLAN.gpus, PLAN.seconds) == (8, 9.5)
    server = replace(PLAN, topology="server", learner_gpus=2, engine_gpus=6)
    assert (server.gpus, server.seconds) == (8, 9.5)
    ahead = replace(server, topology="server, one step off")
    assert ahead.seconds == 5.5  # generation hides the 4 seconds of the learner
    assert replace(ahead, train=7.0).seconds == 8.5  # and is hidden by them


def test_off_policy_must_be_worth_it() -> None:
    """The colocated step is 9.5 s; a tenth of it is 0.95 s."""
    ahead = replace(PLAN, topology="server, one step off", generate=7.5, update=1.0)
    assert ahead.seconds == 8.5
    assert recommended(PLAN, ahead) is ahead
    slower = replace(ahead, generate=7.6)
    assert recommended(PLAN, slower) is PLAN
    assert recommended(None, slower) is slower
    assert recommended(PLAN, None) is PLAN
    assert recommended(None, None) is None


def test_waiting_by_hand() -> None:
    assert replace(PLAN, verify=0.0).idle == pytest.approx(0)
    assert PLAN.idle == pytest.approx(1 / 9.5)
    ahead = replace(PLAN, topology="server, one step off", learner_gpus=2, engine_gpus=6)
    # Of 5.5 s the engines work all, the learner 3.5.
    assert ahead.idle == pytest.approx(2 * 2 / (8 * 5.5))


@given(
    name=st.sampled_from(sorted(SHAPES)),
    gpus=st.sampled_from((1, 2, 4, *GPUS)),
    kind=st.sampled_from(sorted(DEVICES)),
)
@settings(max_examples=20)
def test_every_layout_is_whole(name: str, gpus: int, kind: str) -> None:
    for plan in plans(SHAPES[name], DEVICES[kind], gpus, Workload(), Efficiency()):
        assert plan.gpus == gpus
        assert plan.engine_gpus % plan.parallel == 0
        assert min(plan.generate, plan.train, plan.update) > 0
        assert 0 <= plan.idle < 1
        assert 0 < plan.mfu < 1
        assert plan.seconds >= max(plan.generate, plan.train)
        assert plan.seconds <= plan.generate + plan.verify + plan.train + plan.update
        # The learner's state and an engine's weights are held.
        memory = DEVICES[kind].memory
        assert state_bytes(SHAPES[name], plan.learner_gpus) < memory
        assert 2 * num_parameters(SHAPES[name]) / plan.parallel < memory


@given(
    name=st.sampled_from(sorted(SHAPES)),
    kind=st.sampled_from(sorted(DEVICES)),
    mean=st.integers(64, 8_000),
    problems=st.sampled_from([32, 512, 4_096]),
)
@settings(max_examples=6)
def test_more_gpus_never_make_the_choice_slower(
    name: str, kind: str, mean: int, problems: int
) -> None:
    workload = Workload(problems=problems, mean=mean, longest=8_192)
    found = [choose(SHAPES[name], DEVICES[kind], n, workload, Efficiency()) for n in (8, 64, 512)]
    times = [float("inf") if plan is None else plan.seconds for plan in found]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("gpus", [64, 1_024])
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_larger_models_take_longer(gpus: int, topology: str) -> None:
    names = sorted(SHAPES, key=lambda name: num_parameters(SHAPES[name]))
    found = [
        choose(SHAPES[name], DEVICES["b200"], gpus, Workload(), Efficiency(), (topology,))
        for name in names
    ]
    times = [plan.seconds for plan in found if plan is not None]
    assert len(times) == len(names)
    assert times == sorted(times)


def test_one_step_off_is_never_slower_than_waiting_on_the_same_split() -> None:
    found = list(plans(SHAPES["qwen2.5-7b"], H100, 64, Workload(), Efficiency()))
    waiting = {(p.learner_gpus, p.parallel): p for p in found if p.topology == "server"}
    ahead = [p for p in found if p.topology == "server, one step off"]
    assert len(ahead) == len(waiting) > 0
    for plan in ahead:
        assert plan.seconds < waiting[plan.learner_gpus, plan.parallel].seconds


def test_what_fits_nowhere_has_no_plan() -> None:
    assert choose(SHAPES["qwen2.5-72b"], H100, 8, Workload(), Efficiency()) is None


def test_eight_nodes_and_more_are_split_at_nodes() -> None:
    for plan in plans(SHAPES["qwen2.5-1.5b"], H100, 64, Workload(), Efficiency()):
        assert plan.learner_gpus % 8 == 0


def test_spare_gpus_are_left_alone() -> None:
    """One completion cannot be split over 1,024 GPUs."""
    workload = Workload(problems=1, group=2, mean=100, longest=100)
    plan = choose(SHAPES["qwen2.5-1.5b"], H100, 1_024, workload, Efficiency())
    assert plan is not None
    assert plan.gpus < 1_024


@pytest.mark.parametrize("gpus", [0, 3, 12, -8])
def test_odd_numbers_of_gpus_are_refused(gpus: int) -> None:
    with pytest.raises(ValueError, match="multiples of 8 are accepted"):
        choose(SHAPES["qwen2.5-1.5b"], H100, gpus, Workload(), Efficiency())


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ValueError, match="accepted are h100, h200, b200"):
        device("a100")
