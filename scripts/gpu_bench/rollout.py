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

    ``bare``: requests with seeds and logprobs, as ours; ``bare_unseeded``: the cheapest call there
    is, without either. They take turns, each with prompts that no one has read before.
    ``identical``: the share of completions that engine and ``bare`` write alike from the same
    requests; in bfloat16 on a GPU another batch rounds otherwise, so not all need be.
    """
    contestants = {"engine": _ours(engine, setting)}
    identical = None
    if engine.name == "vllm":
        contestants["bare"] = _bare(engine, setting, same=True)
        contestants["bare_unseeded"] = _bare(engine, setting, same=False)
        ours, theirs = contestants["engine"](0), contestants["bare"](0)
        identical = statistics.mean(a == b for a, b in zip(ours, theirs, strict=True))
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    seed = 0
    for _ in range(1 + setting.rounds):
        for name, generate in contestants.items():
            seed += 1
            written: list[TokenIds] = []
            seconds = timed(lambda run=generate, s=seed, to=written: to.append(run(s)))
            rates[name].append(sum(map(len, written[0])) / seconds)
    found: dict[str, float | None] = {"bare": None, "bare_unseeded": None}
    found |= {name: statistics.median(each[1:]) for name, each in rates.items()}
    return found | {"identical": identical}


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
