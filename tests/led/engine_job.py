"""What ``test_torchrun.py`` compares with an engine of one process.

    torchrun --nproc-per-node 2 -m tests.led.engine_job MODEL FILE

Both ranks share one engine, which draws from the model and then from one with other weights.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from rlvr.config import Config, ModelConfig
from rlvr.learn.policy import Policy
from rlvr.learn.process_group import ProcessGroup, join, leave
from rlvr.led.calls import Bench, Lead, follow
from rlvr.led.engine import LedEngine
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.types import Completion
from tests.rollout.tiny import MAX_LENGTH, SETTINGS

NEW_TOKENS = 24
SAMPLING = SamplingSettings(temperature=0.9, max_new_tokens=NEW_TOKENS)
REQUESTS = [Request(prompt_ids=(3 + k % 5, 4, 5 + k % 7), seed=k) for k in range(13)]


def scale(policy: torch.nn.Module) -> None:
    """Other weights, that are far from the model's."""
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.mul_(1.2)


def learn(bench: Bench, model: str) -> None:
    """Something that has a policy, as a learner has."""
    policy = Policy.load(model)
    scale(policy.model)
    learner: Any = SimpleNamespace(policy=policy)
    bench.learner = learner


def completions(lead: Lead, model: str) -> list[list[Completion]]:
    rollout = SETTINGS.model_copy(update={"tensor_parallel": 2, "max_new_tokens": NEW_TOKENS})
    config = Config(rollout=rollout, model=ModelConfig(max_length=MAX_LENGTH))
    engine = LedEngine(lead, Path(model), config)
    before = engine.generate(REQUESTS, SAMPLING)
    lead.run(learn, model)
    engine.sleep()
    engine.update_weights([], policy_version=7)
    after = engine.generate(REQUESTS, SAMPLING)
    engine.close()
    return [before, after]


def main() -> None:
    torch.set_num_threads(1)
    model, file = sys.argv[1:]
    ranks = join("cpu", timedelta(seconds=100))
    assert isinstance(ranks, ProcessGroup)
    if ranks.rank:
        follow(ranks)
    else:
        lead = Lead(ranks)
        torch.save(completions(lead, model), file)
        lead.dismiss()
    leave()


if __name__ == "__main__":
    main()
