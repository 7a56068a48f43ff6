"""Training, the weight update after it, and whether engine and trainer agree then."""

from __future__ import annotations

import random
import statistics
from dataclasses import asdict, replace
from typing import Any

from rlvr.config import GrpoConfig, OptimizerConfig
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.rollout.engine import RolloutEngine, SamplingSettings
from rlvr.rollout.parity import compare_logprobs
from rlvr.scale.flops import causal_pairs, training_flops
from rlvr.scale.points import TrainingPoint, UpdatePoint
from rlvr.types import TrainingSequence
from scripts.gpu_bench.machine import timed
from scripts.gpu_bench.rollout import make_requests
from scripts.gpu_bench.shapes import WORDS, Setting

PARITY_COMPLETIONS, PARITY_TOKENS = 16, 64


def make_trainer(policy: Policy, setting: Setting) -> Trainer:
    """Steps large enough to move every weight, so that a stale engine shows."""
    config = GrpoConfig(
        problems=max(1, setting.sequences // 2),
        group_size=2,
        micro_batch_tokens=setting.micro_batch_tokens,
        optimizer=OptimizerConfig(lr=1e-3, final_lr=1e-3),
    )
    return Trainer(policy, config, temperature=1.0)


def make_sequences(setting: Setting) -> list[TrainingSequence]:
    """Half prompt, half completion, every second one with a negative advantage."""
    rng = random.Random(0)
    half = setting.length // 2
    found = []
    for i in range(setting.sequences):
        ids = tuple(rng.choices(range(1, WORDS), k=2 * half))
        found.append(
            TrainingSequence(
                prompt_ids=ids[:half], completion_ids=ids[half:], advantage=1.0 - 2 * (i % 2)
            )
        )
    return found


def training_point(trainer: Trainer, setting: Setting, dtype: str) -> TrainingPoint:
    """The median of some updates, after one that is not counted."""
    sequences = make_sequences(setting)
    scores = trainer.score(sequences)
    sequences = [
        replace(sequence, rollout_logprobs=tuple(logprobs.tolist()))
        for sequence, logprobs in zip(sequences, scores, strict=True)
    ]
    seconds = [
        timed(lambda step=step: trainer.step(sequences, step)) for step in range(1 + setting.rounds)
    ]
    # The last token of a sequence predicts nothing and is no input.
    inputs = [len(s.prompt_ids) + len(s.completion_ids) - 1 for s in sequences]
    return TrainingPoint(
        sizes=setting.sizes,
        dtype=dtype,
        seconds=statistics.median(seconds[1:]),
        tokens=sum(inputs),
        pairs=causal_pairs(inputs),
        logits=sum(len(s.completion_ids) for s in sequences),
    )


def utilisation(point: TrainingPoint, matrix_flops: float) -> float:
    """Model FLOPs a second over what a product of matrices reached in the same run."""
    work = training_flops(point.sizes, tokens=point.tokens, pairs=point.pairs, logits=point.logits)
    return work / point.seconds / matrix_flops


def update_point(
    engine: RolloutEngine, policy: Policy, setting: Setting, dtype: str
) -> UpdatePoint:
    seconds = [
        timed(lambda v=version: engine.update_weights(policy.named_tensors(), v))
        for version in range(1, 2 + setting.rounds)
    ]
    return UpdatePoint(sizes=setting.sizes, dtype=dtype, seconds=statistics.median(seconds[1:]))


def sleep_seconds(
    engine: RolloutEngine, policy: Policy, setting: Setting, update_seconds: float
) -> float:
    """What it costs that a colocated engine sleeps while the trainer works, and wakes with the
    update."""
    seconds = []
    for version in range(10, 11 + setting.rounds):
        asleep = timed(engine.sleep)
        update = timed(lambda v=version: engine.update_weights(policy.named_tensors(), v))
        seconds.append(max(0.0, asleep + update - update_seconds))
    return statistics.median(seconds[1:])


def parity(engine: RolloutEngine, trainer: Trainer, setting: Setting) -> dict[str, Any]:
    """|rollout logprob - logprob| in nats on completions written after the update."""
    count = min(PARITY_COMPLETIONS, setting.requests)
    requests = make_requests(count, setting.prompt, seed=999)
    sampling = SamplingSettings(
        temperature=1.0, max_new_tokens=min(PARITY_TOKENS, setting.new_tokens)
    )
    completions = engine.generate(requests, sampling)
    sequences = [
        TrainingSequence(prompt_ids=request.prompt_ids, completion_ids=completion.token_ids)
        for request, completion in zip(requests, completions, strict=True)
    ]
    logprobs = [each.tolist() for each in trainer.score(sequences)]
    return asdict(compare_logprobs([c.rollout_logprobs for c in completions], logprobs))
