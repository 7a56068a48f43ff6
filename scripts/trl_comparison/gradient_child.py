"""One batch through both losses, in TRL's environment: CONFIG.

rlvr samples the completions; TRL's trainer is handed them in place of its own, and goes its whole
way from there: rewards, advantages, loss, gradient. Printed for two aggregations: Dr. GRPO's
constant, and the mean over tokens ("dapo"), whose divisors differ.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rlvr.collect import reward_arrays
from rlvr.config import Config
from rlvr.config_learn import StepTokensConfig
from rlvr.config_load import load_config
from rlvr.learn.advantages.group_mean import group_mean
from rlvr.learn.trainer import Trainer
from rlvr.loop import training_sequences
from rlvr.model_files import load_policy, load_tokenizer
from rlvr.prompt import Prompter
from rlvr.rollout.engine import SamplingSettings
from rlvr.rollout.transformers import TransformersEngine
from rlvr.rollouts import Group, generate, score_groups
from scripts.trl_comparison.record import Recorder
from scripts.trl_comparison.trl_child import Timed, make_trainer


def sample(config: Config, prompter: Prompter, tasks: list[Any]) -> list[Group]:
    """The groups of the first step, from the transformers engine in float32."""
    rollout = config.rollout.model_copy(update={"dtype": "float32"})
    engine = TransformersEngine(str(config.model.path), rollout, config.model.max_length)
    prompts = [prompter.prompt(task) for task in tasks]
    sampling = SamplingSettings(
        temperature=rollout.temperature, max_new_tokens=rollout.max_new_tokens
    )
    seed = (config.seed, "grpo", 0)
    completions = generate(engine, prompts, sampling, config.grpo.group_size, seed)
    return score_groups(prompter, prompts, completions, config.reward)


def our_gradient(config: Config, groups: list[Group]) -> tuple[Tensor, np.ndarray]:
    """The gradient of all weights in one row, and the advantages [P, G]."""
    policy = load_policy(config.model.path, config.model)
    trainer = Trainer(policy, config.grpo, config.rollout.temperature)
    sequences, advantages = trainer.assign(training_sequences(groups), *reward_arrays(groups))
    trained = [sequence for sequence in sequences if sequence.advantage]
    trainer._backward_all(trainer._pack(trained))
    return _flat(policy.model), advantages


def their_gradient(trainer: Timed, groups: list[Group]) -> tuple[Tensor, np.ndarray]:
    """The same of TRL, which draws these completions instead of new ones."""
    ids = [list(rollout.completion.token_ids) for group in groups for rollout in group]
    trainer._generate_single_turn = lambda *_, **__: (ids, None)
    size = trainer.args.num_generations
    rows = [dict(trainer.train_dataset[i]) for i in range(len(groups)) for _ in range(size)]
    trainer.model.train()
    trainer.model.zero_grad()
    trainer.current_gradient_accumulation_steps = 1
    batch = trainer._generate_and_score_completions(rows)
    trainer.compute_loss(trainer.model, batch).backward()
    return _flat(trainer.model), batch["advantages"].reshape(-1, size).numpy()


def _flat(model: Any) -> Tensor:
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def compare(config: Config, groups: list[Group], loss_type: str) -> None:
    whole = config.grpo.problems * config.grpo.group_size
    given = {
        "per_device_train_batch_size": whole,
        "gradient_accumulation_steps": 1,
        "loss_type": loss_type,
    }
    ours = config
    if loss_type == "dapo":
        grpo = config.grpo.model_copy(update={"aggregation": StepTokensConfig()})
        ours = config.model_copy(update={"grpo": grpo})
    first, our_advantages = our_gradient(ours, groups)
    with tempfile.TemporaryDirectory() as folder:
        trainer, _, _ = make_trainer(config, folder, Recorder(Path(folder) / "rows"), given)
        second, their_advantages = their_gradient(trainer, groups)
    first, second = first.double(), second.double()
    norms = float(first.norm()), float(second.norm())
    cosine = float(first @ second) / (norms[0] * norms[1])
    # The common length is divided out: what is left is a difference in direction.
    apart = float((first / norms[0] - second / norms[1]).norm())
    gap = float(np.abs(our_advantages - their_advantages).max())
    numbers = (f"{gap:.1e}", f"{norms[0]:.6f}", f"{norms[1]:.6f}", f"{norms[0] / norms[1]:.4f}")
    print("| " + " | ".join((loss_type, *numbers, f"{cosine:.8f}", f"{apart:.1e}")) + " |")


def main() -> None:
    config = load_config(path=Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        _, _, tasks = make_trainer(config, folder, Recorder(Path(folder) / "rows"), {})
    prompter = Prompter(load_tokenizer(config.model.path), config.model.prompt_template)
    groups = sample(config, prompter, tasks[: config.grpo.problems])
    lengths = np.array([[len(r.completion.token_ids) for r in group] for group in groups])
    counts = group_mean(*reward_arrays(groups)) != 0
    whole, part = lengths.sum(), lengths[counts].sum()
    print(f"{counts.size} completions, {whole} tokens")
    print(f"with an advantage: {counts.sum()}, {part} tokens; tokens / these {whole / part:.4f}\n")
    print("| loss_type | advantages, max apart | our norm | TRL's norm | ratio | cosine | apart |")
    print("|---|---|---|---|---|---|---|")
    for loss_type in ("dr_grpo", "dapo"):
        compare(config, groups, loss_type)


if __name__ == "__main__":
    main()
