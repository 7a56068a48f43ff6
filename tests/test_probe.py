"""The probe with a scripted engine; that training is the same with it is in test_run.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from rlvr.config import Config, TraceConfig
from rlvr.newborn import save_newborn
from rlvr.probe import Probe
from rlvr.prompt import Prompter
from rlvr.rollout.engine import SamplingSettings
from rlvr.trace.jsonl import read_rows, rollout_files
from rlvr.trace.tracer import Tracer
from rlvr.types import Completion
from tests.test_loop import SMALL, TASKS


class AnswersOne:
    """Answers 1 to everything: right for 2x = 2."""

    name = "answers-one"
    policy_version = 0

    def __init__(self, prompter: Prompter) -> None:
        tokenizer = prompter.tokenizer
        self.ids = (*tokenizer("\\boxed{1}")["input_ids"], tokenizer.eos_token_id)
        self.temperatures: set[float] = set()

    def generate(self, requests, sampling: SamplingSettings):
        self.temperatures.add(sampling.temperature)
        answer = Completion(
            token_ids=self.ids, rollout_logprobs=(), finish_reason="stop", policy_version=0
        )
        return [answer] * len(requests)

    def update_weights(self, named_tensors, policy_version):
        raise AssertionError("a probe changes no weights")

    def sleep(self) -> None: ...

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def prompter(tmp_path_factory: pytest.TempPathFactory) -> Prompter:
    folder = save_newborn(SMALL, 0, tmp_path_factory.mktemp("model") / "newborn")
    return Prompter(AutoTokenizer.from_pretrained(folder), "bare")


def test_it_is_greedy_and_due_from_the_first_step_to_the_last(
    tmp_path: Path, prompter: Prompter
) -> None:
    base = Config()
    config = base.model_copy(
        update={
            "grpo": base.grpo.model_copy(update={"steps": 7}),
            "trace": TraceConfig(probe_every=3),
        }
    )
    engine = AnswersOne(prompter)
    probe = Probe(engine, prompter, TASKS, config, Tracer(tmp_path))
    for step in range(8):
        probe.after(step)
    start = config.sft.steps
    files = rollout_files(tmp_path, "probe")
    assert list(files) == [start, start + 3, start + 6, start + 7]
    assert engine.temperatures == {0.0}
    rows = list(read_rows(files[start + 3]))
    assert [row["task"] for row in rows] == [task.id for task in TASKS]
    metrics = list(read_rows(tmp_path / "metrics.jsonl"))
    assert [row["probe/accuracy"] for row in metrics] == [0.25] * 4
    assert len(list(read_rows(tmp_path / "timings.jsonl"))) == 4


def test_no_problems_no_probe(tmp_path: Path, prompter: Prompter) -> None:
    Probe(AnswersOne(prompter), prompter, [], Config(), Tracer(tmp_path)).after(0)
    assert list(tmp_path.iterdir()) == []
