"""Texts that end a completion, in both engines: the same tokens, cut at the same place."""

from __future__ import annotations

from pathlib import Path

import pytest

from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.factory import make_engine, vllm_import_problem
from tests.rollout.tiny import END_OF_TURN, EOS, MAX_LENGTH, SETTINGS

REQUESTS = [Request(prompt_ids=(5, 6 + n), seed=n) for n in range(24)]
SAMPLED = SamplingSettings(temperature=1.0, max_new_tokens=24)
STOP = 9  # the token w9


@pytest.mark.parametrize("name", ["vllm", "transformers"])
def test_a_stop_text_ends_completions_where_it_is_completed(
    name: str, model_paths: dict[str, Path]
) -> None:
    if name == "vllm" and (problem := vllm_import_problem()):
        pytest.skip(problem)
    drawn = []
    for stop in ((), (f"w{STOP}",)):
        settings = SETTINGS.model_copy(update={"engine": name, "stop": stop})
        engine = make_engine(str(model_paths["tied"]), settings, MAX_LENGTH)
        drawn.append(engine.generate(REQUESTS, SAMPLED))
        engine.close()
    stopped = 0
    for free, cut in zip(*drawn, strict=True):
        ends = [n for n, token in enumerate(free.token_ids) if token == STOP]
        length = ends[0] + 1 if ends else len(free.token_ids)
        assert cut.token_ids == free.token_ids[:length]
        assert cut.rollout_logprobs == pytest.approx(free.rollout_logprobs[:length], abs=1e-5)
        last = cut.token_ids[-1]
        assert (cut.finish_reason == "stop") == (last in (STOP, EOS, END_OF_TURN))
        stopped += bool(ends)
    assert 0 < stopped < len(REQUESTS)
