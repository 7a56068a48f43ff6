"""The benchmark on a CPU: the command as a whole once, and the parts that could lie."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from rlvr.scale.flops import causal_pairs, training_flops
from rlvr.scale.points import DecodePoint, PrefillPoint, TrainingPoint, UpdatePoint
from scripts.gpu_bench.bench import machine_of
from scripts.gpu_bench.report import bare_ratio, engine_note, results_table
from scripts.gpu_bench.rollout import decode_points, make_requests
from scripts.gpu_bench.shape_run import ShapeRun, run_shape
from scripts.gpu_bench.shapes import CHOICES, PROBES, SETTINGS, WORDS, save_model
from scripts.gpu_bench.training import make_sequences, utilisation

TINY = SETTINGS["tiny"].sizes
QUICK = ("--quick", "--no-probe", "--engine", "transformers", "--dtype", "float32")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The script's main, whose shapes run in this process instead of one each."""
    for name, value in (("OMP_WAIT_POLICY", "passive"), ("HF_HUB_OFFLINE", "1")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "120")
    from scripts import bench_gpu

    def again(*arguments: str) -> ShapeRun:
        found = run_shape(*arguments)
        assert pickle.loads(pickle.dumps(found)) == found  # as from another process
        return found

    monkeypatch.setattr("scripts.gpu_bench.bench._in_process", again)

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["bench_gpu.py", *arguments])
        return bench_gpu.main()

    return run


def test_the_command_on_a_cpu(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "bench.json"
    assert command("--shape", "tiny", *QUICK, "--out", str(out)) == 0
    printed = capsys.readouterr().out
    assert "measured with the transformers engine" in printed.replace("\n", " ")
    assert "model-FLOP utilisation" in printed
    record = json.loads(out.read_text("utf-8"))
    assert record["versions"]["torch"] == torch.__version__
    assert {"date", "device", "machine", "points"} <= set(record)
    (found,) = record["results"]
    assert found["engine"] == "transformers"
    assert found["rollout_tokens_per_second"]["engine"] > 0
    assert found["rollout_tokens_per_second"]["bare"] is None
    assert found["training_tokens_per_second"] > 0
    assert 0 < found["model_flop_utilisation"] < 1
    assert found["weight_update_seconds"] > 0
    assert found["peak_memory_mb"] > 100
    # After updates that moved every weight; stale ones are off by whole nats.
    assert 0 <= found["parity"]["mean"] < 1e-4
    assert found["parity"]["num_tokens"] > 20


def test_without_a_gpu_it_says_what_it_needs(
    command: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert command() == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "needs one NVIDIA GPU, and torch sees none" in printed.err
    assert "--shape tiny" in printed.err


def test_an_unknown_shape_is_refused(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command("--shape", "70b")
    printed = capsys.readouterr().err
    assert all(name in printed for name in CHOICES)


def test_a_saved_model_spreads_its_logits_and_hardly_ends(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path = save_model(TINY, 64, tmp_path, torch.float32)
    model = AutoModelForCausalLM.from_pretrained(path)
    with torch.no_grad():
        logits = model(torch.arange(1, 41)[None]).logits[0]
    assert 1 < float(logits.std()) < 3
    assert float(logits.softmax(-1)[:, 0].mean()) < 1e-2
    tokenizer = AutoTokenizer.from_pretrained(path)
    assert tokenizer.eos_token_id == 0
    last = f"w{WORDS - 1}"  # prompts are drawn up to it
    assert tokenizer.convert_tokens_to_ids(last) == WORDS - 1 < TINY.vocab_size


def test_shapes_of_the_issue_are_qwens() -> None:
    assert {"0.5b", "1.5b", "tiny"} <= set(CHOICES)
    assert SETTINGS["1.5b"].sizes.layers == 28
    assert not set(CHOICES) & set(PROBES)


def test_a_decode_step_is_the_cost_of_one_more_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that takes 0.1 s for the first tokens and 5 ms for each token after them, by a
    clock of its own."""

    class Slow:
        name = "slow"
        now = 0.0

        def generate(self, requests, sampling):
            self.now += 0.1 + 0.005 * (sampling.max_new_tokens - 1)

    engine = Slow()

    def timed(work):
        before = engine.now
        work()
        return engine.now - before

    monkeypatch.setattr("scripts.gpu_bench.rollout.timed", timed)
    setting = SETTINGS["tiny"]
    points = decode_points(engine, setting, "float32")
    decodes = [p for p in points if isinstance(p, DecodePoint)]
    prefills = [p for p in points if isinstance(p, PrefillPoint)]
    assert [p.batch for p in decodes] == [p.prompts for p in prefills] == list(setting.batches)
    assert [p.seconds for p in decodes] == pytest.approx([0.005, 0.005])
    assert [p.seconds for p in prefills] == pytest.approx([0.1, 0.1])
    assert decodes[0].context == setting.prompt + setting.new_tokens / 2


def test_other_rounds_have_other_prompts() -> None:
    first, second = make_requests(4, 6, seed=0), make_requests(4, 6, seed=1)
    assert first == make_requests(4, 6, seed=0)
    assert not {r.prompt_ids for r in first} & {r.prompt_ids for r in second}
    assert not {r.seed for r in first} & {r.seed for r in second}


def test_utilisation_by_hand() -> None:
    work = {"tokens": 30, "pairs": causal_pairs([10, 20]), "logits": 15}
    point = TrainingPoint(sizes=TINY, dtype="float32", seconds=2.0, **work)
    assert utilisation(point, 1e9) == training_flops(TINY, **work) / 2e9


def test_sequences_are_half_prompt() -> None:
    found = make_sequences(SETTINGS["tiny"])
    assert len(found) == 160
    assert {(len(s.prompt_ids), len(s.completion_ids)) for s in found} == {(26, 26)}
    assert sum(s.advantage for s in found) == 0


def test_the_machine_is_the_median_of_the_processes() -> None:
    def run(layers: int, rate: float) -> ShapeRun:
        from dataclasses import replace

        sizes = replace(TINY, layers=layers)
        decodes = [
            DecodePoint(
                sizes=sizes, dtype="float32", seconds=1e-3 * layers + 1e-4 * b, batch=b, context=1
            )
            for b in (1, 10)
        ]
        return ShapeRun(
            device="d",
            versions={},
            engine="vllm",
            matrix_flops={"float32": rate},
            memory_bandwidth=2 * rate,
            points=[*decodes, UpdatePoint(sizes=sizes, dtype="float32", seconds=0.5)],
            result={"sleep_and_wake_seconds": 0.1 * layers},
        )

    machine = machine_of([run(1, 1.0), run(8, 2.0)], [run(3, 30.0)])
    assert machine.matrix_flops == {"float32": 2.0}
    assert machine.memory_bandwidth == 4.0
    assert machine.decode_layer == pytest.approx(1e-3)
    assert machine.decode_sequence == pytest.approx(1e-4)
    assert machine.decode_step == pytest.approx(0, abs=1e-9)
    assert machine.sleep == pytest.approx(0.3)  # of the shapes, not of the probes


def test_the_table_shows_the_ratio_only_where_there_is_one() -> None:
    rates = {"engine": 98.0, "bare": 100.0, "bare_unseeded": 140.0, "identical": 1.0}
    result = {"engine": "vllm", "rollout_tokens_per_second": rates}
    assert bare_ratio(result, "bare") == 0.98
    assert bare_ratio(result, "bare_unseeded") == 0.7
    assert engine_note({"results": [result]}) is None
    other = {"engine": "transformers", "rollout_tokens_per_second": {**rates, "bare": None}}
    assert bare_ratio(other, "bare") is None
    assert "transformers" in str(engine_note({"results": [result, other]}))
    record = {"device": "d", "date": "t", "versions": {}, "results": []}
    assert results_table(record).row_count == 15
