"""The metrics of a run as panels of curves: what belongs together, with its unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """``keys`` are metrics; one that ends in ``*`` stands for all that begin so and, where more
    follows the star, end so."""

    title: str
    unit: str  # the title of the y axis; "share" is shown in percent
    keys: tuple[str, ...]
    section: str = "Learning"
    log: bool = False
    note: str = ""


PANELS = (
    Panel(title="Reward", unit="reward per completion", keys=("reward", "rewards/*")),
    Panel(title="Verdicts on training problems", unit="share", keys=("verdict/*_rate",)),
    Panel(title="Accuracy by family", unit="share", keys=("accuracy/*",)),
    Panel(title="Habits", unit="share", keys=("habits/*_rate",)),
    Panel(
        title="Held-out problems",
        unit="share",
        keys=(
            *("eval/accuracy", "eval/accuracy_shifted", "eval/accuracy_sampled", "eval/pass_at_*"),
            "probe/accuracy",
        ),
    ),
    Panel(title="Aha moments", unit="share", keys=("aha/*_rate",)),
    Panel(
        title="Completion length",
        unit="tokens",
        keys=("completions/mean_length", "completions/max_length"),
    ),
    Panel(
        title="Groups without a signal",
        unit="share",
        keys=("frac_reward_zero_std",),
        note="All completions of such a group have the same reward: nothing to learn from.",
    ),
    Panel(title="Entropy", unit="nats per token", keys=("entropy",), section="Optimisation"),
    Panel(title="Gradient norm", unit="norm", keys=("grad_norm",), section="Optimisation"),
    Panel(title="Policy loss", unit="loss", keys=("loss",), section="Optimisation"),
    Panel(title="Learning rate", unit="rate", keys=("learning_rate",), section="Optimisation"),
    Panel(
        title="Clipped tokens",
        unit="share",
        keys=("clip_ratio/region_mean",),
        section="Optimisation",
    ),
    Panel(
        title="Engine against trainer",
        unit="|Δ logprob|, nats",
        keys=("sync/parity_mean", "sync/parity_p99", "sync/parity_max"),
        section="Optimisation",
        log=True,
    ),
    Panel(title="Time of a step", unit="seconds", keys=("time/*",), section="Machine"),
    Panel(title="Supervised loss", unit="nats per token", keys=("sft/loss",), section="Supervised"),
    Panel(title="Supervised step", unit="seconds", keys=("time/sft/step",), section="Supervised"),
)
# Not curves: constants, and parts of what a panel shows already.
_NOT_SHOWN = ("step", "time/sft/*", "sft/*")


def curve_panels(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Panels as data, empty ones left out; what no panel names stands in a last section.

    A series has ``key``, ``name``, ``x`` (steps) and ``y``; values that are no numbers are left
    out. Rows of one step may carry different metrics.
    """
    series = _series(rows)
    taken: set[str] = set()
    panels = []
    for panel in PANELS:
        keys = _matching(panel.keys, series, taken)
        taken.update(keys)
        panels.append(_panel(panel, keys, series))
    rest = [key for key in series if key not in taken and not _fits_any(key, _NOT_SHOWN)]
    panels += [
        _panel(Panel(title=key, unit="value", keys=(key,), section="Other"), [key], series)
        for key in sorted(rest)
    ]
    return [panel for panel in panels if panel["series"]]


def _panel(panel: Panel, keys: Sequence[str], series: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": panel.title,
        "unit": panel.unit,
        "section": panel.section,
        "log": panel.log,
        "note": panel.note,
        "series": [{"key": key, "name": _name(key), **series[key]} for key in keys],
    }


def _series(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[float]]]:
    series: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        for key, value in row.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                found = series.setdefault(key, {"x": [], "y": []})
                found["x"].append(row["step"])
                found["y"].append(_short(value))
    series.pop("step", None)
    return series


def _matching(patterns: Sequence[str], keys: Iterable[str], taken: set[str]) -> list[str]:
    """Keys in the order of the patterns; a key that only a star finds is not one of another's."""
    return list(
        dict.fromkeys(
            key
            for pattern in patterns
            for key in keys
            if _fits(key, pattern) and key not in taken
            if "*" not in pattern or not _fits_any(key, _NOT_SHOWN)
        )
    )


def _fits_any(key: str, patterns: Sequence[str]) -> bool:
    return any(_fits(key, pattern) for pattern in patterns)


def _fits(key: str, pattern: str) -> bool:
    head, star, tail = pattern.partition("*")
    return key.startswith(head) and key.endswith(tail) if star else key == pattern


def _name(key: str) -> str:
    """``habits/domain_stated_rate`` as ``domain stated``."""
    name = key.removesuffix("/mean").removesuffix("_rate")
    short = name.rpartition("/")[2] if not name.startswith("eval/pass") else name[5:]
    short = f"{short} term" if key.startswith("rewards/") else short
    short = f"{short}, probe" if key.startswith("probe/") else short
    return short.replace("_", " ")


def _short(value: float) -> float:
    """Six digits: more than a screen shows, in half the bytes."""
    return float(f"{value:.6g}")
