"""From the rewards of a step to the advantage of each completion, or of each of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rlvr.config import GrpoConfig
from rlvr.config_learn import EmaConfig, GaeConfig, KlInRewardConfig
from rlvr.learn.advantages import ADVANTAGES
from rlvr.learn.advantages.ema import ema, ema_update
from rlvr.learn.advantages.gae import gae, whiten
from rlvr.learn.bind import bind
from rlvr.types import TrainingSequence

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Assigned = tuple[list[TrainingSequence], Floats]


class Credit:
    """Gives sequences their advantages; its only state is the running mean of ``ema``."""

    def __init__(self, config: GrpoConfig) -> None:
        self._config = config.advantage
        self._kl_coef = config.kl.coef if isinstance(config.kl, KlInRewardConfig) else 0.0
        self.baseline = config.advantage.initial if isinstance(config.advantage, EmaConfig) else 0.0

    @property
    def needs_scores(self) -> bool:
        """Whether the advantages depend on logprobs or values of before the step."""
        return bool(self._kl_coef) or isinstance(self._config, GaeConfig)

    def assign(
        self, sequences: Sequence[TrainingSequence], rewards: Floats, counted: Bools
    ) -> Assigned:
        """The counted completions with their advantages, and all advantages [P, G].

        Shapes: rewards [P, G], counted [P, G]; ``sequences`` are the counted ones in that order,
        with what the configuration needs: logprobs for the KL in the reward, values for GAE.
        Advantages that differ from token to token appear in [P, G] as their mean.
        """
        penalties = [self._penalties(sequence) for sequence in sequences]
        if isinstance(self._config, GaeConfig):
            return _by_token(self._config, sequences, penalties, rewards, counted)
        if self._kl_coef:
            rewards = rewards.copy()
            rewards[counted] -= [float(each.sum()) for each in penalties]
        advantages = self._by_completion(rewards, counted)
        given = zip(sequences, advantages[counted].tolist(), strict=True)
        return [replace(sequence, advantage=value) for sequence, value in given], advantages

    def metrics(self) -> dict[str, float]:
        """The running mean after the last batch, where there is one."""
        return {"baseline": self.baseline} if isinstance(self._config, EmaConfig) else {}

    def state_dict(self) -> dict[str, Any]:
        return {"baseline": self.baseline}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.baseline = state["baseline"]

    def _by_completion(self, rewards: Floats, counted: Bools) -> Floats:
        if not isinstance(self._config, EmaConfig):
            return bind(ADVANTAGES, self._config)(rewards, counted)
        advantages = ema(rewards, counted, self.baseline)
        self.baseline = ema_update(self.baseline, rewards, counted, self._config.beta)
        return advantages

    def _penalties(self, sequence: TrainingSequence) -> Floats:
        """coef (log pi - log reference) of each token; [T], or one 0 where there is no KL."""
        if not self._kl_coef:
            return np.zeros(1)
        difference = np.subtract(sequence.old_logprobs, sequence.reference_logprobs)
        return np.asarray(self._kl_coef * difference)


def _by_token(
    config: GaeConfig,
    sequences: Sequence[TrainingSequence],
    penalties: Sequence[Floats],
    rewards: Floats,
    counted: Bools,
) -> Assigned:
    """The reward comes with the last token, the penalties with their own."""
    advantages: list[Floats] = []
    returns: list[Floats] = []
    for sequence, penalty, reward in zip(sequences, penalties, rewards[counted], strict=True):
        earned = np.zeros(len(sequence.completion_ids)) - penalty
        earned[-1] += reward
        values = np.array(sequence.old_values)
        found = gae(earned, values, gamma=config.gamma, lam=config.lam)
        advantages.append(found[0])
        returns.append(found[1])
    if config.whiten and advantages:
        advantages = whiten(advantages)
    means = np.zeros_like(rewards)
    means[counted] = [a.mean() for a in advantages]
    return [
        replace(s, advantage=float(a.mean()), token_advantages=tuple(a), returns=tuple(r))
        for s, a, r in zip(sequences, advantages, returns, strict=True)
    ], means
