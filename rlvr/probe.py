"""The probe: the same held-out problems answered greedily again and again while GRPO goes on."""

from __future__ import annotations

from collections.abc import Sequence

from rlvr.config import Config
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollouts import roll_out
from rlvr.schedule import is_due
from rlvr.timing import Stopwatch
from rlvr.trace.tracer import TIME, Tracer
from rlvr.types import Task


class Probe:
    """Answers ``tasks`` with the engine's weights of the moment, and has the tracer write it down.

    Greedy, so it draws nothing, and training is the same with it and without it.
    """

    def __init__(
        self,
        engine: RolloutEngine,
        prompter: Prompter,
        tasks: Sequence[Task],
        config: Config,
        tracer: Tracer,
    ) -> None:
        self._engine, self._prompter, self._tasks = engine, prompter, tasks
        self._config, self._tracer = config, tracer

    def after(self, step: int) -> None:
        """Probe if it is due after this many GRPO steps; 0 is before the first update."""
        trace = self._config.trace
        if not self._tasks or not is_due(step, trace.probe_every, self._config.grpo.steps):
            return
        watch = Stopwatch()
        with watch("probe"):
            seed = (self._config.seed, "probe")
            groups = roll_out(self._engine, self._prompter, self._tasks, self._config, seed)
        with watch("probe_trace"):
            global_step = self._config.sft.steps + step
            self._tracer.log_probe(global_step, [group[0] for group in groups])
        seconds = {f"{TIME}{name}": watch.seconds[name] for name in ("probe", "probe_trace")}
        self._tracer.log_metrics(global_step, seconds)
