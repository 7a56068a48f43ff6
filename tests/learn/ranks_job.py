"""What ``test_ranks.py`` compares: the same training on one process, and on those of torchrun.

    torchrun --nproc-per-node 2 -m tests.learn.ranks_job FOLDER

Reads the checkpoints ``FOLDER/one`` and ``FOLDER/whole``; writes ``FOLDER/many``, ``FOLDER/model``,
``FOLDER/lora`` with its checkpoint ``FOLDER/lora-shards`` and, from rank 0, ``FOLDER/many.pt``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

from rlvr.checkpoint import STATE
from rlvr.config import GrpoConfig, ModelConfig, OptimizerConfig, SftConfig
from rlvr.config_learn import GaeConfig, KlInLossConfig, KlInRewardConfig, SequenceMeanConfig
from rlvr.config_lora import LoraConfig
from rlvr.learn.lora import add_adapters
from rlvr.learn.policy import Policy
from rlvr.learn.process_group import join
from rlvr.learn.ranks import OneRank, RankError, Ranks, whole
from rlvr.learn.sft import SftLearner
from rlvr.learn.sharded import ShardedPolicy
from rlvr.learn.shards import load_shards, restore, save_shards
from rlvr.learn.trainer import Trainer
from rlvr.led.place import Beginning
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import VOCABULARY, make_sequences

OPTIMIZER = OptimizerConfig(lr=1e-3, final_lr=1e-4, warmup_steps=2, max_grad_norm=0.5)
CONFIG = GrpoConfig(steps=10, micro_batch_tokens=100, optimizer=OPTIMIZER, problems=3, group_size=4)
MUON = OPTIMIZER.model_copy(update={"kind": "muon"})
JOBS: dict[str, dict[str, Any]] = {
    "default": {},
    "one_sequence": {},  # no rank but one has any work
    "many_updates": {
        "epochs": 2,
        "mini_batches": 2,
        "kl": KlInLossConfig(coef=0.3, sync_every=1),
        "entropy_bonus": 0.1,
        "aggregation": SequenceMeanConfig(),
    },
    # Whatever keeps a state, and a head of its own.
    "ppo_muon_untied": {
        "advantage": GaeConfig(value_weight=1.0),
        "kl": KlInRewardConfig(coef=0.1),
        "optimizer": MUON,
    },
    "lora": {},
    "lora_kl": {"epochs": 2, "kl": KlInLossConfig(coef=0.3, sync_every=2)},
}
NUM_STEPS = {
    "default": 5, "one_sequence": 1, "many_updates": 2, "ppo_muon_untied": 3, "lora": 5,
    "lora_kl": 3,
}  # fmt: skip
SPREAD: dict[str, dict[str, Any]] = {
    "tied": {},
    "untied": {"tied": False},
    "adapted": {"lora": True, "dtype": torch.bfloat16},
}
CPU = torch.device("cpu")
RESUMED, RESUMED_AFTER = "ppo_muon_untied", 2


def make_policy(
    ranks: Ranks,
    device: torch.device = CPU,
    *,
    tied: bool = True,
    lora: bool = False,
    dtype: torch.dtype = torch.float32,
) -> Policy:
    """Rank 0 alone has the weights, until they are spread."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=256,
        tie_word_embeddings=tied,
        initializer_range=0.3,
    )
    with torch.device("meta" if ranks.rank else "cpu"):
        policy = Policy(Qwen3ForCausalLM(config).to(dtype), {})
    if lora:
        add_adapters(policy.model, LoraConfig(rank=4), "the/base", seed=1)
    if ranks.size > 1:
        return ShardedPolicy(policy, ranks, device)
    policy.model.to(device)  # type: ignore[arg-type]
    policy.model.tie_weights()
    return policy


def make_trainer(job: str, ranks: Ranks, device: torch.device = CPU) -> Trainer:
    policy = make_policy(ranks, device, tied="untied" not in job, lora=job.startswith("lora"))
    return Trainer(policy, CONFIG.model_copy(update=JOBS[job]), 0.9, ranks)


def step_sequences(job: str, step: int) -> list[TrainingSequence]:
    return make_sequences(1 if job == "one_sequence" else 12, seed=step)


def train(job: str, trainer: Trainer, steps: range) -> list[dict[str, float]]:
    metrics = []
    for step in steps:
        sequences = step_sequences(job, step)
        if len(sequences) == 12:
            rewards = np.random.default_rng(step).random((3, 4))
            counted = np.ones((3, 4), dtype=bool)
            sequences, _ = trainer.assign(sequences, rewards, counted)
        metrics.append(trainer.step(sequences, step))
    return metrics


def whole_weights(policy: Policy) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in policy.named_tensors()}


def run(job: str, ranks: Ranks, device: torch.device = CPU) -> dict[str, Any]:
    """Everything that must not depend on the number of ranks, nor on the device."""
    trainer = make_trainer(job, ranks, device)
    gradients: list[dict[str, torch.Tensor]] = []

    def record(*_: Any) -> None:
        named = trainer.policy.model.named_parameters()
        gradients.append({name: whole_gradient(p) for name, p in named if p.requires_grad})

    trainer.optimizers()[0].register_step_pre_hook(record)
    scores = trainer.score(step_sequences(job, 0))
    trainer.keep_weights()
    metrics = train(job, trainer, range(NUM_STEPS[job]))
    kept = trainer.score_kept(step_sequences(job, 0))
    weights = whole_weights(trainer.policy)
    return {
        "scores": [torch.from_numpy(each) for each in scores],
        "kept": [torch.from_numpy(each) for each in kept],
        "gradients": gradients,
        "metrics": metrics,
        "weights": weights,
    }


def whole_gradient(parameter: torch.Tensor) -> torch.Tensor:
    gradient = parameter.grad
    assert gradient is not None
    return whole(gradient).clone()


def save(job: str, ranks: Ranks, folder: Path) -> dict[str, Any]:
    """Stop in the middle; the state there goes to ``folder``, and to the end without a break."""
    trainer = make_trainer(job, ranks)
    train(job, trainer, range(RESUMED_AFTER))
    save_shards(trainer, folder)
    return end(job, trainer)


def resume(job: str, ranks: Ranks, folder: Path) -> dict[str, Any]:
    trainer = make_trainer(job, ranks)
    load_shards(trainer, folder)
    return end(job, trainer)


def end(job: str, trainer: Trainer) -> dict[str, Any]:
    metrics = train(job, trainer, range(RESUMED_AFTER, NUM_STEPS[job]))
    return {"metrics": metrics, "weights": whole_weights(trainer.policy)}


def save_whole(job: str, folder: Path) -> None:
    """As a run of one process does it: the model, and all else in one file."""
    trainer = make_trainer(job, OneRank())
    train(job, trainer, range(RESUMED_AFTER))
    trainer.policy.save(folder)
    torch.save({"trainer": trainer.state_dict()}, folder / STATE)


def resume_whole(job: str, ranks: Ranks, folder: Path) -> dict[str, Any]:
    beginning = Beginning(start=folder, model=ModelConfig(), seed=0, checkpoint=None)
    policy = ShardedPolicy(beginning.read("meta" if ranks.rank else "cpu"), ranks, CPU)
    policy.check_packing()
    trainer = Trainer(policy, CONFIG.model_copy(update=JOBS[job]), 0.9, ranks)
    restore(trainer, folder)
    return end(job, trainer)


def supervise(ranks: Ranks, device: torch.device = CPU) -> dict[str, Any]:
    """The last step has one example: a rank without work. With this ``eps`` a gradient that is
    rounding alone moves nothing."""
    config = SftConfig(steps=3, optimizer=OPTIMIZER.model_copy(update={"eps": 1e-3}))
    learner = SftLearner(make_policy(ranks, device), config, micro_batch_tokens=100, ranks=ranks)
    metrics = [learner.learn(make_sequences(n, seed=n), lr=1e-3) for n in (12, 7, 1)]
    return {"metrics": metrics, "weights": whole_weights(learner.policy)}


def spread(ranks: Ranks) -> dict[str, Any]:
    """Policies that rank 0 alone had: their weights, and the buffers that the last rank has."""
    found = {}
    for name, options in SPREAD.items():
        policy = make_policy(ranks, **options)
        buffers = {n: b.clone() for n, b in policy.model.named_buffers()}
        *_, last = ranks.gather([ranks.rank], [buffers])
        found[name] = {"weights": whole_weights(policy), "buffers": last}
    return found


def train_adapters_of_bfloat16(ranks: Ranks) -> dict[str, Any]:
    """Frozen weights in one dtype, adapters in another."""
    policy = make_policy(ranks, lora=True, dtype=torch.bfloat16)
    trainer = Trainer(policy, CONFIG, 0.9, ranks)
    named = [(name, whole(p).clone()) for name, p in policy.model.named_parameters()]
    metrics = train("lora", trainer, range(2))
    after = {name: whole(p) for name, p in policy.model.named_parameters()}
    changed = {name for name, before in named if not before.equal(after[name])}
    return {"changed": changed, "trained": set(policy.trained()), "metrics": metrics}


def error_of(action: Callable[[], object]) -> str:
    try:
        action()
    except (OSError, ValueError, RankError) as error:
        return f"{type(error).__name__}: {error}"
    return "none"


def main() -> None:
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    rank = int(os.environ["RANK"])
    ranks = join("cpu", timedelta(seconds=60 + rank))
    assert ranks.size == 2
    results: dict[str, Any] = {
        "runs": {job: run(job, ranks) for job in JOBS},
        "from_one": resume(RESUMED, ranks, folder / "one"),
        "from_whole": resume_whole(RESUMED, ranks, folder / "whole"),
        "supervised": supervise(ranks),
        "saved": save(RESUMED, ranks, folder / "many"),
        "spread": spread(ranks),
        "bfloat16": train_adapters_of_bfloat16(ranks),
        "timeouts": ranks.gather([rank], [ranks.timeout.total_seconds()]),
    }
    make_policy(ranks).save(folder / "model")
    trainer = make_trainer("lora", ranks)
    train("lora", trainer, range(1))
    trainer.policy.save(folder / "lora")
    save_shards(trainer, folder / "lora-shards")
    (folder / "a file").touch()
    results["unwritten"] = error_of(lambda: save_shards(trainer, folder / "a file" / "shards"))
    results["different"] = error_of(lambda: ranks.check_same("sequences", (ranks.rank,)))
    if ranks.rank == 1:
        os._exit(0)  # as if killed
    results["lost"] = error_of(lambda: ranks.totals(1))
    torch.save(results, folder / "many.pt")


if __name__ == "__main__":
    main()
