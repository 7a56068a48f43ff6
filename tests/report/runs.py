"""Run folders made for tests: rows as a run writes them, some with checked traces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.helpers import NO_HABITS
from verifiers import Decision, Reason, Verdict
from verifiers.trace.records import (
    Cause,
    Change,
    Claim,
    ClaimKind,
    Correction,
    StepError,
    Trace,
    Transition,
    Truth,
)

RIGHT = "Domain: y != 0\ny^2 = 3y\n\\boxed{3}"
WRONG = "y^2 = 3y\ny = 0 or y = 3\n\\boxed{0, 3}"
AHA = "y = 0\nat y = 0 the left side has no value\ny != 0\n\\boxed{3}"


def row(
    step: int = 1,
    index: int = 0,
    task: str = "train-rational-1",
    completion: str = RIGHT,
    verdict: str = "correct",
    **changes: Any,
) -> dict[str, Any]:
    """A rollout row; the habits follow from the verdict."""
    correct = verdict == "correct"
    return {
        "step": step,
        "index": index,
        "task": task,
        "family": task.split("-")[1],
        "text": f"Solve {task[-1]} + y/y = y",
        "problem": {
            "equation": "y^2/y = 3", "unknown": "y", "ask": "solutions", "domain": "real",
            "params": {},
        },
        "completion": completion,
        "token_ids": [1, 2, 3],
        "finish_reason": "stop",
        "verdict": verdict,
        "reason": "equal" if correct else "outside_domain",
        "answer": "{3}" if correct else "{0, 3}",
        "expected": "{3}",
        "domain": ["y != 0"],
        "evidence": ["y = 0 is outside the domain: the denominator y is 0 there."],
        "reward": float(correct),
        "terms": {"correct": float(correct)},
        "counted": True,
        "advantage": 0.5 if correct else -0.5,
        "habits": {"domain_stated": correct, "factoring": None},
        **changes,
    }  # fmt: skip


def aha_trace() -> dict[str, Any]:
    """The trace of ``AHA``: y = 0 is claimed, refuted by a substitution, and excluded."""

    def claim(kind: ClaimKind, text: str, line: int, truth: Truth, evidence: str = "") -> Claim:
        start = AHA.index(text, sum(len(part) + 1 for part in AHA.split("\n")[:line]))
        return Claim(
            kind=kind, start=start, end=start + len(text), line=line, truth=truth,
            evidence=evidence,
        )  # fmt: skip

    trace = Trace(
        claims=(
            claim(ClaimKind.CANDIDATE, "y = 0", 0, Truth.FALSE, "0 is no <solution>."),
            claim(ClaimKind.SUBSTITUTION, "y = 0 the left side has no value", 1, Truth.TRUE),
            claim(ClaimKind.EXCLUSION, "y != 0", 2, Truth.TRUE, "the denominator is 0 there"),
            claim(ClaimKind.CONCLUSION, "3", 3, Truth.TRUE),
        ),
        first_error=StepError(
            claim=0, change=Change.GAINED, cause=Cause.DROPPED_RESTRICTION, gained=("0",),
            evidence="0 was gained.",
        ),
        habits=NO_HABITS,
        transition=Transition.WRONG_RIGHT,
        correction=Correction(wrong=0, right=3, refuted_by=1),
        keyword_aha=False,
        verdict=Verdict(verdict=Decision.CORRECT, reason=Reason.EQUAL),
    )  # fmt: skip
    return trace.as_dict()


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))


def write_run(folder: Path, steps: int = 12, extra: list[dict[str, Any]] | None = None) -> Path:
    """Two problems of four completions a step, learned by and by: of step s, min(4, s / 3) are
    right. A probe every four steps. ``extra`` rows are added to the last step."""
    for step in range(1, steps + 1):
        rows = []
        for number, family in enumerate(("rational", "linear")):
            for index in range(4):
                right = index < min(4, step // 3)
                rows.append(
                    row(
                        step, index, f"train-{family}-{step % 4 * 2 + number}",
                        f"{RIGHT if right else WRONG}", "correct" if right else "incorrect",
                    )
                )  # fmt: skip
        if step == 2:
            rows[0] |= {"completion": AHA, "trace": aha_trace(), "verdict": "correct"}
        if step == steps:
            rows += extra or []
        write_rows(folder / "rollouts" / f"step-{step:06d}.jsonl", rows)
        if step % 4 == 0:
            probe = row(step, 0, "probe-linear-1", RIGHT, "correct" if step > 4 else "incorrect")
            write_rows(folder / "probe" / f"step-{step:06d}.jsonl", [probe])
    metrics = [
        {
            "step": s,
            "reward": s / steps,
            "accuracy/linear": s / steps,
            "accuracy/rational": 0.5,
            "own/a_metric_with_a_name_longer_than_any_phone_is_wide/mean": s,
        }
        for s in range(1, steps + 1)
    ]
    write_rows(folder / "metrics.jsonl", metrics)
    return folder
