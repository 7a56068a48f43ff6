"""Points go to a file and come back; overheads are found again; predictions are the model's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rlvr.scale.hardware import DEVICES, Efficiency
from rlvr.scale.measured import Measured, calibrated, comparison, load, to_json
from rlvr.scale.points import (
    DecodePoint,
    Machine,
    Point,
    PrefillPoint,
    TrainingPoint,
    UpdatePoint,
    decode_overheads,
)
from rlvr.scale.transfer import num_tensors
from tests.scale.make import SIZES

MACHINE = Machine(
    name="a machine",
    matrix_flops={"float32": 1e9, "bfloat16": 2e9},
    memory_bandwidth=1e6,
    decode_step=0.5,
    decode_layer=0.01,
    decode_sequence=0.001,
    tensor=0.1,
    sleep=0.2,
)
DECODE = DecodePoint(sizes=SIZES, dtype="bfloat16", seconds=1.0, batch=4, context=10)
TRAINING = TrainingPoint(sizes=SIZES, dtype="bfloat16", seconds=1.0, tokens=5, pairs=9, logits=4)
POINTS: tuple[Point, ...] = (
    DECODE,
    PrefillPoint(sizes=SIZES, dtype="float32", seconds=1.0, prompts=2, length=3),
    TRAINING,
    UpdatePoint(sizes=SIZES, dtype="float32", seconds=1.0),
)


def test_predictions_by_hand() -> None:
    decode, prefill, training, update = (point.predicted(MACHINE) for point in POINTS)
    # As in test_generation, with the overheads of one step: 0.5 + 3 * 0.01 + 4 * 0.001.
    assert decode == pytest.approx(3.2e-3 + 1.92e-3 + 2.56e-3 + 0.534)
    assert prefill == pytest.approx(19_072 / 1e9 + 0.532)
    parameters = 1_600 + 160 + 56 + 48  # matrices, table, norms, biases
    traffic = 4 * 360 * 5 * 2 + 4 * 40 * 4 * 4 + 28 * parameters
    # The head's 1,280 at the rate of float32; with one of TF32 at that.
    assert training == pytest.approx(3 * (15_264 / 2e9 + 1_280 / 1e9) + traffic / 1e6)
    faster = replace(MACHINE, matrix_flops=MACHINE.matrix_flops | {"tf32": 1.5e9})
    expected = 3 * (15_264 / 2e9 + 1_280 / 1.5e9) + traffic / 1e6
    assert TRAINING.predicted(faster) == pytest.approx(expected)
    assert update == pytest.approx(2 * 4 * parameters / 1e6 + 0.1 * num_tensors(SIZES))


def test_overheads_are_found_again() -> None:
    probes = [
        replace(
            DECODE,
            sizes=replace(SIZES, layers=layers),
            batch=batch,
            seconds=2e-3 + 1e-4 * layers + 1e-5 * batch,
        )
        for layers, batch in ((1, 1), (1, 256), (8, 1), (8, 256))
    ]
    found = decode_overheads(probes)
    assert found.step == pytest.approx(2e-3)
    assert found.layer == pytest.approx(1e-4)
    assert found.sequence == pytest.approx(1e-5)
    with pytest.raises(ValueError, match="2 probes do not tell"):
        decode_overheads(probes[:2])


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps({"date": "today", **to_json(MACHINE, POINTS)}))
    assert load(path) == Measured(machine=MACHINE, date="today", points=POINTS)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"date": "", "machine": null, "points": []}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"other\.json.*bench_gpu\.py wrote is accepted"):
        load(path)


def test_the_ratio_is_predicted_over_measured() -> None:
    half = replace(DECODE, seconds=2 * DECODE.predicted(MACHINE))
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(comparison(Measured(machine=MACHINE, date="today", points=(half,))))
    line = next(line for line in console.export_text().splitlines() if "decode step" in line)
    assert line.split("│")[-2].strip() == "0.50"


def test_calibration_takes_what_was_measured() -> None:
    """A machine that reached half of the peak, and trained at half of what its rate promises."""
    device = replace(DEVICES["h100"], flops=4e9, memory_bandwidth=2e6)
    slow = replace(TRAINING, seconds=2 * TRAINING.predicted(MACHINE))
    found = calibrated(Measured(machine=MACHINE, date="today", points=(slow,)), device)
    assert found.matrix == pytest.approx(0.25)
    assert found.bandwidth == pytest.approx(0.5)
    assert (found.decode_step, found.tensor) == (MACHINE.decode_step, MACHINE.tensor)
    assert found.sleep == MACHINE.sleep
    assert found.network == Efficiency().network
    with pytest.raises(ValueError, match="no training in bfloat16"):
        calibrated(Measured(machine=MACHINE, date="today", points=(DECODE,)), device)
