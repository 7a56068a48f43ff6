"""The results as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from rlvr.config import Config
from scripts.trl_comparison.agreement import Agreement, Difference
from scripts.trl_comparison.results import Speed
from scripts.trl_comparison.settings import FIXED, MATCHED, trl_arguments

AIM = 3.0  # times TRL's completions a second
MARGIN = 0.05  # of reward: a smaller difference is of no account


def sides_table(ours: Speed, theirs: Speed) -> str:
    """Both sides and their ratio."""
    lines = ["| | rlvr | TRL 1.16 | ratio |", "|---|---|---|---|"]
    for label, name in (
        ("completions/s", "completions_per_second"),
        ("completion tokens/s", "tokens_per_second"),
        ("seconds a step, median", "step_seconds"),
        ("peak memory, MB", "peak_memory_mb"),
        ("of it before the first step", "loaded_memory_mb"),
    ):
        a, b = getattr(ours, name), getattr(theirs, name)
        shape = ".2f" if name == "step_seconds" else ",.0f"
        lines.append(f"| {label} | {a:{shape}} | {b:{shape}} | {a / b:.2f} |")
    return "\n".join(lines)


def aims(ours: Speed, theirs: Speed) -> str:
    """Whether the two aims are met, in words."""
    ratio = ours.completions_per_second / theirs.completions_per_second
    memory = ours.peak_memory_mb / theirs.peak_memory_mb
    return "\n".join(
        [
            f"{AIM:g} times TRL's completions a second: {_met(ratio >= AIM)} ({ratio:.2f})",
            f"no more memory: {_met(memory <= 1)} ({memory:.2f} of TRL's)",
        ]
    )


def agreement_text(name: str, found: Agreement, width: int, num_steps: int) -> str:
    """The test of one metric, interval by interval."""
    verdict = "agree" if found.holds else "DIFFER"
    lines = [
        f"{name}: the curves {verdict}; rlvr - TRL:",
        f"- last {width} steps: {_shown(found.tail)} (Welch over seeds)",
    ]
    first = num_steps % width
    for index, each in enumerate(found.windows):
        start = first + index * width
        lines.append(f"- steps {start + 1} to {start + width}: {_shown(each)} (pairs of seeds)")
    return "\n".join(lines)


def margin_text(found: Agreement) -> str:
    """Whether the intervals are also narrow enough to say something."""
    inside = found.tail.is_within(MARGIN)
    return (
        f"reward at the end equal within ±{MARGIN:g}: {'yes' if inside else 'not shown'}"
        f" (interval {found.tail.low:+.3f} to {found.tail.high:+.3f})"
    )


def ablation_table(speeds: Sequence[tuple[str, Speed]]) -> str:
    """A row a contestant; the last column is against the first row."""
    base = speeds[0][1].completions_per_second
    lines = [
        "| | completions/s | ratio | step, ms | rollout | verify | rest | processor | peak MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for label, each in speeds:
        rollout, verify = each.stages.get("rollout", 0.0), each.stages.get("verify", 0.0)
        rest = each.step_seconds - rollout - verify
        seconds = (each.step_seconds, rollout, verify, rest, each.stages.get("cpu", 0.0))
        times = " | ".join(f"{1000 * s:,.0f}" for s in seconds)
        rate = each.completions_per_second
        lines.append(
            f"| {label} | {rate:,.0f} | {rate / base:.2f} | {times} | {each.peak_memory_mb:,.0f} |"
        )
    return "\n".join(lines)


def settings_table(config: Config) -> str:
    """Every argument that TRL is given, and where its value comes from."""
    values = trl_arguments(config)
    lines = ["| TRL | value | rlvr |", "|---|---|---|"]
    lines += [f"| `{m.argument}` | {values[m.argument]} | `{m.ours}` |" for m in MATCHED]
    lines += [f"| `{f.argument}` | {f.value} | {f.why} |" for f in FIXED]
    return "\n".join(lines)


def _shown(each: Difference) -> str:
    return (
        f"{each.value:+.4f}, {each.confidence:.2%} interval {each.low:+.4f} to {each.high:+.4f}"
        f"{'' if each.holds_zero else ' (not 0)'}"
    )


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT met"
