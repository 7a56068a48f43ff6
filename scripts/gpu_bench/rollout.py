"""Rollout: our engine against ``LLM.generate`` alone, and single decode steps."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from typing import Any

from rlvr.rollout.engine import Request, RolloutEngine, SamplingSettings
from rlvr.scale.points import DecodePoint, PrefillPoint
from scripts.gpu_bench.machine import timed
from scripts.gpu_bench.shapes import WORDS, Setting

TokenIds = list[tuple[int, ...]]


def make_requests(count: int, length: int, seed: int) -> list[Request]:
    """Other prompts for another seed: an engine that keeps prefixes has never seen them."""
    rng = random.Random(seed)
    return [
        Request(prompt_ids=tuple(rng.choices(range(1, WORDS), k=length)), seed=1_000 * seed + i)
        for i in range(count)
    ]


def rollout_rates(engine: RolloutEngine, setting: Setting) -> dict[str, float | None]:
    """Tokens a second: of our engine, and of ``LLM.generate`` where the engine is vLLM.

    ``bare``: the same requests with their seeds and logprobs, and the same tokens come out;
    ``bare_unseeded``: the cheapest call there is, without either. They take turns.
    """
    contestants = {"engine": _ours(engine, setting)}
    if engine.name == "vllm":
        contestants["bare"] = _bare(engine, setting, same=True)
        contestants["bare_unseeded"] = _bare(engine, setting, same=False)
    first = [contestants[name](0) for name in contestants]  # warm, and looked at
    assert len(first) == 1 or first[0] == first[1], "engine and LLM.generate wrote other tokens"
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for seed in range(1, setting.rounds + 1):
        for name, generate in contestants.items():
            written: list[TokenIds] = []
            seconds = timed(lambda run=generate, s=seed, to=written: to.append(run(s)))
            rates[name].append(sum(map(len, written[0])) / seconds)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    return {name: medians.get(name) for name in ("engine", "bare", "bare_unseeded")}


def _ours(engine: RolloutEngine, setting: Setting) -> Callable[[int], TokenIds]:
    sampling = SamplingSettings(temperature=1.0, max_new_tokens=setting.new_tokens)

    def generate(seed: int) -> TokenIds:
        requests = make_requests(setting.requests, setting.prompt, seed)
        return [completion.token_ids for completion in engine.generate(requests, sampling)]

    return generate


def _bare(engine: Any, setting: Setting, *, same: bool) -> Callable[[int], TokenIds]:
    """On the engine's own ``LLM``: its weights, memory and graphs, so that only what we do
    around it differs. (A second one would not find room on the same GPU.)"""
    from vllm import SamplingParams

    llm = engine._llm

    def generate(seed: int) -> TokenIds:
        requests = make_requests(setting.requests, setting.prompt, seed)
        params = [
            SamplingParams(
                temperature=1.0,
                max_tokens=setting.new_tokens,
                seed=request.seed if same else None,
                logprobs=0 if same else None,
                stop_token_ids=[0],
                detokenize=False,
            )
            for request in requests
        ]
        prompts = [{"prompt_token_ids": list(request.prompt_ids)} for request in requests]
        outputs = llm.generate(prompts, params, use_tqdm=False)
        return [tuple(output.outputs[0].token_ids) for output in outputs]

    return generate


def decode_points(
    engine: RolloutEngine, setting: Setting, dtype: str
) -> list[DecodePoint | PrefillPoint]:
    """A decode step is what one more token takes: (all tokens - the first) / (tokens - 1)."""
    points: list[DecodePoint | PrefillPoint] = []
    for batch in setting.batches:
        first, steps = [], []
        for seed in range(100, 101 + setting.rounds):
            one = _seconds(engine, batch, setting.prompt, 1, 2 * seed)
            every = _seconds(engine, batch, setting.prompt, setting.new_tokens, 2 * seed + 1)
            first.append(one)
            steps.append((every - one) / (setting.new_tokens - 1))
        points.append(
            DecodePoint(
                sizes=setting.sizes,
                dtype=dtype,
                seconds=statistics.median(steps[1:]),
                batch=batch,
                context=setting.prompt + setting.new_tokens / 2,
            )
        )
        points.append(
            PrefillPoint(
                sizes=setting.sizes,
                dtype=dtype,
                seconds=statistics.median(first[1:]),
                prompts=batch,
                length=setting.prompt,
            )
        )
    return points


def _seconds(engine: RolloutEngine, batch: int, prompt: int, new_tokens: int, seed: int) -> float:
    requests = make_requests(batch, prompt, seed)
    sampling = SamplingSettings(temperature=1.0, max_new_tokens=new_tokens)
    return timed(lambda: engine.generate(requests, sampling))
