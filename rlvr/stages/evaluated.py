"""Before and after: greedy and sampled on both test splits, and one problem by name."""

from __future__ import annotations

import json
from typing import Literal

from rlvr.evaluate import EvalMetrics, evaluate, flat_metrics, in_short
from rlvr.folder import write_json
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollouts import roll_out
from rlvr.stages.shared import Run
from rlvr.trace.jsonl import append_rows, rollout_row
from rlvr.types import Rollout, Task
from verifiers import Problem

SEED_PROBLEM = Task(
    id="seed-problem",
    family="rational",
    text="Solve 3 - (3 + y)/y = y",
    problem=Problem(equation="3 - (3 + y)/y = y", unknown="y"),
)


def evaluation(
    run: Run,
    moment: Literal["before", "after"],
    engine: RolloutEngine,
    prompter: Prompter,
    is_logged: bool = False,
) -> EvalMetrics:
    """Made if it is not in the run's folder; ``is_logged`` where the tracer has it already."""
    path = run.folder.evaluation(moment)
    step = run.global_step("grpo", run.config.grpo.steps if moment == "after" else 0)
    if not path.exists():
        with run.tally.clock("eval"):
            test, shifted = (run.data.tasks(split, prompter) for split in ("test", "shifted"))
            metrics, rollouts = evaluate(engine, prompter, test, shifted, run.config)
        rows = path.with_suffix(".jsonl")
        rows.unlink(missing_ok=True)  # of an evaluation that was cut short
        append_rows(rows, [rollout_row(step, rollout, None, 0) for rollout in rollouts])
        write_json(path, metrics)
    found: EvalMetrics = json.loads(path.read_text())
    if not is_logged:
        run.tracer.log_metrics(step, flat_metrics(found))
    run.console.print(f"{moment}: {in_short(found)}", markup=False, highlight=False)
    return found


def answer_of_seed_problem(run: Run, engine: RolloutEngine, prompter: Prompter) -> Rollout:
    seed = (run.config.seed, "seed-problem")
    return roll_out(engine, prompter, [SEED_PROBLEM], run.config, seed)[0][0]
