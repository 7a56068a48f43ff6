"""Training, transfer and verification: by hand, and as they must behave."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.model_sizes import CHUNK_LOGITS, activations_per_token, num_parameters
from rlvr.scale.flops import training_flops
from rlvr.scale.hardware import DEVICES, Efficiency, ring_bandwidth
from rlvr.scale.shapes import SHAPES
from rlvr.scale.training import (
    Learner,
    compute_seconds,
    fitting_learner,
    learner_bytes,
    optimizer_seconds,
    share_of_peak,
    sharing_seconds,
    training_seconds,
)
from rlvr.scale.transfer import (
    colocated_update_seconds,
    gather_seconds,
    load_seconds,
    num_tensors,
    server_update_seconds,
    verification_seconds,
)
from rlvr.scale.workload import Workload
from tests.scale.make import DEVICE, IDEAL, SIZES

LEARNER = Learner(sizes=SIZES, device=DEVICE, efficiency=IDEAL)
N = num_parameters(SIZES)


def test_computation_by_hand() -> None:
    # 16,544 * 3 operations at 1e9, as in test_flops; kept numbers: 3 layers of 8 * 8 + 2 * 4 +
    # 4 * 12 = 120, of 2 bytes, 4 passes, 5 tokens; 4 logits of 20, twice, 4 bytes, 4 passes. Of the
    # operations 2 * 20 * 8 * 4 = 1,280 are the head's, at half the rate.
    assert activations_per_token(SIZES) == 360
    expected = 3 * (16_544 + 1_280) / 1e9 + (4 * 360 * 5 * 2 + 4 * 40 * 4 * 4) / 1e6
    assert compute_seconds(LEARNER, tokens=5, pairs=9, logits=4) == pytest.approx(expected)


def test_recomputation_costs_the_layers_a_third_more_operations() -> None:
    quick = replace(DEVICE, memory_bandwidth=1e30)
    base = Learner(sizes=SIZES, device=quick, efficiency=IDEAL)
    again = replace(base, recompute=True)
    work = {"tokens": 50, "pairs": 90, "logits": 0}
    assert compute_seconds(again, **work) == pytest.approx(4 / 3 * compute_seconds(base, **work))


def test_logits_that_come_in_chunks_cost_the_head_a_third_more_operations() -> None:
    quick = replace(DEVICE, memory_bandwidth=1e30, flops=1e30)
    base = Learner(sizes=SIZES, device=quick, efficiency=IDEAL)
    most = CHUNK_LOGITS["cuda"] // 20
    whole, chunked = (
        compute_seconds(base, tokens=1, pairs=1, logits=n) / n for n in (most, most + 1)
    )
    assert whole == pytest.approx(3 * 2 * 20 * 8 / 0.5e9)
    assert chunked == pytest.approx(4 / 3 * whole)


def test_the_optimizer_reads_four_and_writes_three() -> None:
    assert optimizer_seconds(LEARNER) == pytest.approx(28 * N / 1e6)
    assert optimizer_seconds(replace(LEARNER, gpus=4)) == pytest.approx(7 * N / 1e6)


def test_exchanges_of_a_micro_batch() -> None:
    # Two gathers of 2 bytes and one scatter of 4, of 3 / 4 of the parameters, at 1e6.
    assert sharing_seconds(replace(LEARNER, gpus=4), 2.0) == pytest.approx(2 * 8 * N * 0.75 / 1e6)
    assert sharing_seconds(LEARNER, 2.0) == 0


def test_rings_between_nodes_use_every_port() -> None:
    assert ring_bandwidth(DEVICE, 8) == 1e6
    assert ring_bandwidth(DEVICE, 16) == 8e4


def test_a_rank_has_at_least_the_longest_completion() -> None:
    workload = Workload(problems=4, group=2, prompt=10, mean=50, longest=100)
    few, many = (
        training_seconds(replace(LEARNER, gpus=n, device=DEVICES["h100"]), workload)
        for n in (64, 1_024)
    )
    assert few == pytest.approx(many, rel=0.05)
    assert many > 0


def test_memory_by_hand() -> None:
    workload = Workload(prompt=10, mean=20, longest=20, micro_batch_tokens=100)
    assert learner_bytes(LEARNER, workload) == 16 * N + 100 * 360 * 2
    shared = replace(LEARNER, gpus=2, recompute=True)
    # Two gathered layers of 480 weights; the input of 3 layers and all of one, 120.
    expected = 8 * N + 2 * 480 * 2 + 100 * (3 * 8 + 120) * 2
    assert learner_bytes(shared, workload) == expected


def test_recomputation_only_where_it_must_be() -> None:
    args = (DEVICES["h100"], Efficiency(), 8, Workload())
    small = fitting_learner(SHAPES["qwen2.5-1.5b"], *args)
    large = fitting_learner(SHAPES["qwen2.5-7b"], *args)
    assert small is not None
    assert large is not None
    assert (small.recompute, large.recompute) == (False, True)
    assert fitting_learner(SHAPES["qwen2.5-72b"], *args) is None


def test_tensors_are_counted_as_the_hub_names_them() -> None:
    from transformers import Qwen2ForCausalLM

    from scripts.gpu_bench.shapes import hub_config

    for sizes in (SIZES, replace(SIZES, tied=True)):
        model = Qwen2ForCausalLM(hub_config(sizes, max_length=16))
        assert num_tensors(sizes) == len(list(model.named_parameters()))


def test_updates_by_hand() -> None:
    load = 2 * 2 * N / 1e6
    assert load_seconds(SIZES, DEVICE, IDEAL) == pytest.approx(load)
    assert gather_seconds(SIZES, DEVICE, IDEAL, 4) == pytest.approx(2 * N * 0.75 / 1e6)
    slow = replace(IDEAL, sleep=3.0, tensor=1.0)
    found = colocated_update_seconds(SIZES, DEVICE, slow, 1)
    assert found == pytest.approx(load + 3 + num_tensors(SIZES))
    # Within a node by NVLink (1e6), between nodes by one port (1e4).
    near, far = (
        server_update_seconds(SIZES, DEVICE, IDEAL, learner_gpus=1, engine_gpus=n) for n in (7, 8)
    )
    assert near == pytest.approx(load + 2 * N / 1e6)
    assert far == pytest.approx(load + 2 * N / 1e4)


def test_verdicts_are_shared_by_the_cores() -> None:
    workload = Workload(problems=10, group=10, verify_seconds=0.5)
    assert verification_seconds(workload, cores=4) == 12.5
    assert verification_seconds(workload, cores=1_000) == 0.5


@given(
    name=st.sampled_from(sorted(SHAPES)),
    gpus=st.sampled_from([8, 16, 64, 256]),
    mean=st.floats(10, 8_000),
    more=st.floats(1, 2),
)
def test_training_grows_with_tokens_and_respects_the_peak(
    name: str, gpus: int, mean: float, more: float
) -> None:
    learner = Learner(
        sizes=SHAPES[name], device=DEVICES["h100"], efficiency=Efficiency(), gpus=gpus
    )
    workload = Workload(mean=mean, longest=16_384)
    base = training_seconds(learner, workload)
    assert training_seconds(learner, replace(workload, mean=mean * more)) >= base
    assert 0 < share_of_peak(learner, workload) <= Efficiency().matrix
    # Never faster than its FLOPs at the rate that is assumed.
    floor = training_flops(
        SHAPES[name], tokens=workload.tokens, pairs=0, logits=workload.completion_tokens
    )
    assert base >= floor / (gpus * 989e12 * Efficiency().matrix)
