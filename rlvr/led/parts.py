"""The parts of a job: this process's own, or rank 0's stand-ins for those of all ranks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rlvr.config import Config
from rlvr.learn.sft import SftLearner
from rlvr.learn.shards import SHARDS, load_shards
from rlvr.learn.trainer import Trainer
from rlvr.led.calls import Lead
from rlvr.led.engine import LedEngine
from rlvr.led.learners import LedLearner, LedSftLearner, LedTrainer
from rlvr.led.place import Beginning
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollout.factory import make_engine

AnyLearner = Trainer | SftLearner | LedTrainer | LedSftLearner


def engine_of(lead: Lead | None, source: str | Path, config: Config) -> RolloutEngine:
    # Servers are rank 0's alone: it sends them the weights that all ranks put together.
    if lead and config.rollout.topology == "colocated":
        return LedEngine(lead, source, config)
    return make_engine(str(source), config.rollout, config.model.max_length)


def sft_learner_of(
    lead: Lead | None, beginning: Beginning, config: Config
) -> SftLearner | LedSftLearner:
    if lead:
        return LedSftLearner(lead, beginning, config)
    return SftLearner(beginning.load(), config.sft, config.sft.micro_batch_tokens)


def trainer_of(lead: Lead | None, beginning: Beginning, config: Config) -> Trainer | LedTrainer:
    if lead:
        return LedTrainer(lead, beginning, config)
    return Trainer(beginning.load(), config.grpo, config.rollout.temperature)


def save_learner(learner: AnyLearner, folder: Path) -> None:
    """What a checkpoint's folder holds of it: the model, and several ranks' shards."""
    if isinstance(learner, LedLearner):
        learner.save(folder)
    else:
        learner.policy.save_trained(folder)


def learner_state(learner: AnyLearner) -> dict[str, Any]:
    """What a checkpoint's state holds of it: nothing where it lies in shards."""
    return {} if isinstance(learner, LedLearner) else learner.state_dict()


def restore_learner(learner: AnyLearner, state: dict[str, Any], checkpoint: Path) -> None:
    """Go on from a checkpoint, by however many ranks it was written."""
    if isinstance(learner, LedLearner):
        learner.restore(checkpoint)
    elif (checkpoint / SHARDS).is_dir():
        load_shards(learner, checkpoint / SHARDS)
    else:
        learner.load_state_dict(state)
