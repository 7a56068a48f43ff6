"""Decoding: by hand on round figures, and as it must behave whatever the figures are."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.model_sizes import num_parameters
from rlvr.scale.generation import (
    Replica,
    decode_seconds,
    decode_step_seconds,
    generation_seconds,
    prefill_seconds,
)
from rlvr.scale.hardware import DEVICES, Efficiency
from rlvr.scale.shapes import SHAPES
from rlvr.scale.workload import Workload
from tests.scale.make import DEVICE, IDEAL, SIZES

REPLICA = Replica(sizes=SIZES, device=DEVICE, efficiency=IDEAL)
SMALL = Workload(problems=4, group=2, prompt=5, mean=10, longest=10)


def test_a_decode_step_by_hand() -> None:
    # Weights: 1,600 * 2 bytes at 1e6 a second; arithmetic 2 * 1,600 * 4 at 1e9 is less.
    # KV: keys and values, 3 layers, one head of 4 numbers of 2 bytes = 48 a token, 4 * 10 tokens.
    # Logits: 8 passes over 20 numbers of 4 bytes, 4 times.
    assert REPLICA.kv_bytes == 48
    expected = 3.2e-3 + 1.92e-3 + 2.56e-3
    assert decode_step_seconds(REPLICA, 4, 10) == pytest.approx(expected)


def test_a_large_batch_waits_for_arithmetic() -> None:
    # 2 * 1,600 * 2,000 / 1e9 = 6.4 ms is more than 3.2 ms for the weights; no context.
    logits = 8 * 4 * 2_000 * 20 / 1e6
    assert decode_step_seconds(REPLICA, 2_000, 0) == pytest.approx(6.4e-3 + logits)


def test_overheads_are_added() -> None:
    slow = replace(IDEAL, decode_step=1, decode_layer=10, decode_sequence=100)
    found = decode_step_seconds(replace(REPLICA, efficiency=slow), 2, 0)
    assert found == pytest.approx(1 + 10 * 3 + 100 * 2 + 3.2e-3 + 1.28e-3)


def test_two_gpus_halve_the_reads_and_exchange() -> None:
    slow = replace(IDEAL, collective=1.0)
    # Two exchanges in each of 3 layers: a second each, and 2 * (1/2) * 4 * 8 * 2 bytes at 1e6.
    found = decode_step_seconds(replace(REPLICA, efficiency=slow, parallel=2), 4, 0)
    assert found == pytest.approx(1.6e-3 + 1.28e-3 + 6 * (1 + 64e-6))


def test_more_gpus_than_key_heads_hold_them_twice() -> None:
    assert replace(REPLICA, parallel=2).kv_bytes == 2 * REPLICA.kv_bytes


def test_prefill_by_hand() -> None:
    # 2 prompts of 3 tokens: 2 * 1,440 * 6, attention 4 * 3 * 8 * 12, logits of the last tokens.
    assert prefill_seconds(REPLICA, 2, 3) == pytest.approx((17_280 + 1_152 + 640) / 1e9)


def test_equal_lengths_in_one_go_and_in_waves() -> None:
    """10 tokens each, context 5 to 15: one wave of 8, and 24 sequences of which 8 fit."""
    workload = replace(SMALL, max_sequences=8)
    step = decode_step_seconds(REPLICA, 8, 10)
    assert decode_seconds(REPLICA, 8, workload) == pytest.approx(10 * step)
    assert decode_seconds(REPLICA, 24, workload) == pytest.approx(30 * step)


def test_what_does_not_fit_takes_for_ever() -> None:
    tight = replace(DEVICE, memory=num_parameters(SIZES) * 2 / 0.9)
    replica = replace(REPLICA, device=tight)
    assert replica.free == pytest.approx(0)
    assert replica.capacity(SMALL) == 0
    assert generation_seconds(replica, 1, SMALL) == math.inf


def test_the_step_waits_for_its_longest() -> None:
    """With a replica for each completion, one still decodes to the end."""
    workload = Workload(problems=64, group=16, mean=500, longest=1_000, prompt=1)
    replica = Replica(sizes=SIZES, device=DEVICE, efficiency=replace(IDEAL, decode_step=1.0))
    assert generation_seconds(replica, 1_024, workload) == pytest.approx(1_000, rel=0.05)


@given(
    name=st.sampled_from(sorted(SHAPES)),
    parallel=st.sampled_from([1, 2, 4, 8]),
    batch=st.floats(1, 512),
    context=st.floats(0, 30_000),
    more=st.floats(1, 4),
)
def test_a_decode_step_grows(
    name: str, parallel: int, batch: float, context: float, more: float
) -> None:
    replica = Replica(
        sizes=SHAPES[name], device=DEVICES["h100"], efficiency=Efficiency(), parallel=parallel
    )
    base = decode_step_seconds(replica, batch, context)
    assert decode_step_seconds(replica, batch * more, context) >= base
    assert decode_step_seconds(replica, batch, context * more) >= base
    # and a token is the cheaper, the more sequences share the weights
    assert decode_step_seconds(replica, batch * more, context) / more <= base * (1 + 1e-9)


@given(
    replicas=st.integers(1, 512),
    more=st.integers(1, 4),
    mean=st.floats(10, 8_000),
    longer=st.floats(1, 2),
)
def test_generation_shrinks_with_replicas_and_grows_with_tokens(
    replicas: int, more: int, mean: float, longer: float
) -> None:
    replica = Replica(
        sizes=SHAPES["qwen2.5-7b"], device=DEVICES["h200"], efficiency=Efficiency(), parallel=2
    )
    workload = Workload(mean=mean, longest=16_384)
    base = generation_seconds(replica, replicas, workload)
    assert generation_seconds(replica, replicas * more, workload) <= base * (1 + 1e-9)
    assert generation_seconds(replica, replicas, replace(workload, mean=mean * longer)) >= base
    larger = replace(workload, problems=workload.problems * more)
    assert generation_seconds(replica, replicas, larger) >= base
