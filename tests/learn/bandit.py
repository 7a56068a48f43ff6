"""A bandit of three arms: one prompt, completions of one token, and a policy that is a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rlvr.config import GrpoConfig, OptimizerConfig
from rlvr.learn.batch import PackedBatch
from rlvr.learn.trainer import Trainer
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import gradient_of

START = [1.0, 0.3, -0.5]  # logits; the best arm is the least likely
REWARDS = np.array([0.1, 0.4, 1.0])


class TablePolicy:
    """What the trainer asks of a policy; the hidden state is the logits."""

    def __init__(self, logits: list[float]) -> None:
        self.model = nn.Embedding.from_pretrained(torch.tensor([logits]), freeze=False)
        self.device, self.width = torch.device("cpu"), len(logits)

    def hidden(self, batch: PackedBatch) -> Tensor:
        found: Tensor = self.model(batch.input_ids).flatten(0, 1)[batch.target_positions]
        return found

    def logprobs_from(
        self,
        hidden: Tensor,
        batch: PackedBatch,
        temperature: float,
        entropy_gradient: bool = False,
    ) -> tuple[Tensor, Tensor]:
        logprobs = hidden.log_softmax(-1)
        entropy = -(logprobs.exp() * logprobs).sum(-1)
        found = logprobs.gather(-1, batch.targets[:, None])[:, 0]
        return found, entropy if entropy_gradient else entropy.detach()

    def logprobs(self, batch: PackedBatch, temperature: float) -> tuple[Tensor, Tensor]:
        return self.logprobs_from(self.hidden(batch), batch, temperature)

    def named_tensors(self) -> list[tuple[str, Tensor]]:
        return [("logits", self.model.weight.detach())]

    def trained(self) -> dict[str, Tensor]:
        return {name: tensor.detach() for name, tensor in self.model.named_parameters()}

    @property
    def probabilities(self) -> np.ndarray:
        return self.model.weight.detach()[0].double().softmax(-1).numpy()


class Bandit:
    """Draws from ``mu`` (the policy itself where None) and hands the trainer its steps."""

    def __init__(
        self,
        rewards: np.ndarray = REWARDS,
        mu: np.ndarray | None = None,
        seed: int = 0,
        lr: float = 1e-12,
        **changes: Any,
    ) -> None:
        config = GrpoConfig(
            steps=10_000,
            optimizer=OptimizerConfig(lr=lr, final_lr=lr, max_grad_norm=1e9),
        ).model_copy(update=changes)
        self.policy = TablePolicy(START)
        self.trainer = Trainer(self.policy, config, 1.0)  # type: ignore[arg-type]
        self.config, self.rewards, self.mu = config, rewards, mu
        self.rng = np.random.default_rng(seed)

    def draw(self) -> list[TrainingSequence]:
        """A step's completions with their advantages."""
        mu = self.policy.probabilities if self.mu is None else self.mu
        shape = (self.config.problems, self.config.group_size)
        arms = self.rng.choice(3, size=shape, p=mu)
        sequences = [
            TrainingSequence(
                prompt_ids=(0,),
                completion_ids=(int(arm),),
                rollout_logprobs=(float(np.log(mu[arm])),),
            )
            for arm in arms.ravel()
        ]
        return self.trainer.assign(sequences, self.rewards[arms], np.ones(shape, dtype=bool))[0]

    def step(self, step: int) -> dict[str, float]:
        return self.trainer.step(self.draw(), step)

    def gradient(self) -> np.ndarray:
        """Of the objective (not the loss) by the logits, estimated from one step's draws."""
        sequences = self.draw()
        found = gradient_of(self.trainer, lambda: self.trainer.step(sequences, 0))
        return -found["weight"][0].double().numpy()
