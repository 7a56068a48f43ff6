"""Which problems a step works on: in epochs, or drawn by what was solved so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from rlvr.config_sampling import BehindConfig, LearnabilityConfig, SamplingConfig
from rlvr.data.curriculum import Floats, behind, learnability, running, weighted_draw
from rlvr.data.order import batch_indices
from rlvr.seeding import derive_seed
from rlvr.types import Task

UNSEEN = 0.5  # the success of a problem that was never tried: most worth a try


class TaskSampler:
    """What a step draws follows from the seed, the step, and the results that were observed."""

    def __init__(self, tasks: Sequence[Task], config: SamplingConfig, seed: int) -> None:
        self._tasks = tasks
        self._config = config
        self._seed = seed
        self._families = sorted({task.family for task in tasks})
        self._success: dict[str, float] = {}  # by task id, of those tried
        self._family_success: dict[str, float] = {}

    @property
    def is_weighted(self) -> bool:
        return self._config.difficulty.kind != "none" or self._config.families.kind != "none"

    def draw(self, step: int, count: int) -> list[Task]:
        """The problems of a step. Raises ValueError where there are fewer than ``count``."""
        if not self.is_weighted:
            return [
                self._tasks[r] for r in batch_indices(len(self._tasks), count, step, self._seed)
            ]
        if len(self._tasks) < count:
            raise ValueError(
                f"a step of {count} problems needs as many; there are {len(self._tasks)}"
            )
        return self.draw_more(step, 0, count, ())

    def draw_more(self, step: int, round_: int, count: int, taken: Collection[str]) -> list[Task]:
        """Other problems for the same step: none whose id is ``taken``, fewer if no more are left.

        The epochs do not notice: what is drawn here may come again in its turn.
        """
        free = np.array([task.id not in taken for task in self._tasks])
        seed = derive_seed(self._seed, "draw", step, round_)
        return [self._tasks[r] for r in weighted_draw(self._weights() * free, count, seed)]

    def observe(self, tasks: Sequence[Task], success: Sequence[float | None]) -> None:
        """Take note of the share of right answers to each problem; None says nothing."""
        seen = [(task, s) for task, s in zip(tasks, success, strict=True) if s is not None]
        if isinstance(self._config.difficulty, LearnabilityConfig):
            for task, s in seen:
                old = self._success.get(task.id)
                self._success[task.id] = running(old, s, self._config.difficulty.memory)
        if isinstance(self._config.families, BehindConfig):
            for family in sorted({task.family for task, _ in seen}):
                mean = float(np.mean([s for task, s in seen if task.family == family]))
                old = self._family_success.get(family)
                self._family_success[family] = running(old, mean, self._config.families.memory)

    def metrics(self) -> dict[str, float]:
        """The running successes that the next draw goes by; nothing where it goes by none."""
        found = {f"sampling/success/{name}": s for name, s in self._family_success.items()}
        if self._success:
            found["sampling/problems_tried"] = float(len(self._success))
            found["sampling/success"] = float(np.mean(list(self._success.values())))
        return found

    def state_dict(self) -> dict[str, Any]:
        return {"success": dict(self._success), "families": dict(self._family_success)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._success = dict(state["success"])
        self._family_success = dict(state["families"])

    def _weights(self) -> Floats:
        weights = np.ones(len(self._tasks))
        if isinstance(self._config.difficulty, LearnabilityConfig):
            success = np.array([self._success.get(task.id, UNSEEN) for task in self._tasks])
            weights *= learnability(success, self._config.difficulty.floor)
        if isinstance(self._config.families, BehindConfig):
            factors = behind(self._family_success, self._families, self._config.families.strength)
            of_family = dict(zip(self._families, factors, strict=True))
            weights *= np.array([of_family[task.family] for task in self._tasks])
        return weights
