"""The record for a person, with the aims beside what was reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.table import Table

Result = dict[str, Any]


def results_table(record: dict[str, Any]) -> Table:
    """A row a figure, a column a shape."""
    title = f"{record['device']}, {record['date']}"
    caption = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    table.add_column("")
    for result in record["results"]:
        table.add_column(result["shape"], justify="right")
    table.add_column("aim on a GPU")
    for name, aim, show in ROWS:
        table.add_row(name, *(show(result) for result in record["results"]), aim)
    return table


def engine_note(record: dict[str, Any]) -> str | None:
    """Where the rollout figures are not of vLLM, a sentence that says so."""
    if all(result["engine"] == "vllm" for result in record["results"]):
        return None
    return (
        "Rollout was measured with the transformers engine, because vLLM was not asked for or "
        "cannot be imported here: there is no bare LLM.generate to compare it with, and its "
        "tokens a second say nothing about vLLM."
    )


def bare_ratio(result: Result, name: str) -> float | None:
    """Our engine's tokens a second over those of ``LLM.generate``."""
    rates = result["rollout_tokens_per_second"]
    return None if rates[name] is None else rates["engine"] / rates[name]


def _ratio(name: str) -> Callable[[Result], str]:
    def show(result: Result) -> str:
        ratio = bare_ratio(result, name)
        return "no vLLM" if ratio is None else f"{ratio:.3f}"

    return show


def _rate(result: Result) -> str:
    return f"{result['rollout_tokens_per_second']['engine']:,.0f}"


def _identical(result: Result) -> str:
    share = result["rollout_tokens_per_second"]["identical"]
    return "no vLLM" if share is None else f"{share:.0%}"


ROWS: tuple[tuple[str, str, Callable[[Result], str]], ...] = (
    ("parameters", "", lambda r: f"{r['parameters']:,}"),
    ("engine", "vllm", lambda r: r["engine"]),
    ("dtype", "", lambda r: r["dtype"]),
    ("engine start, s", "", lambda r: f"{r['engine_start_seconds']:.1f}"),
    ("rollout, tokens/s", "", _rate),
    ("... / bare LLM.generate, same requests", ">= 0.95", _ratio("bare")),
    ("... / the same without seeds and logprobs", "", _ratio("bare_unseeded")),
    ("... written alike by both", "", _identical),
    ("training, tokens/s", "", lambda r: f"{r['training_tokens_per_second']:,.0f}"),
    ("model-FLOP utilisation", ">= 45 %", lambda r: f"{r['model_flop_utilisation']:.1%}"),
    ("weight update, s", "< 1", lambda r: f"{r['weight_update_seconds']:.3f}"),
    ("... a colocated engine's sleep, s", "", lambda r: f"{r['sleep_and_wake_seconds']:.3f}"),
    ("parity, mean |Δlogp|, nats", "< 0.01", lambda r: f"{r['parity']['mean']:.2g}"),
    ("parity, max", "", lambda r: f"{r['parity']['max']:.2g}"),
    ("peak memory, MB", "", lambda r: f"{r['peak_memory_mb']:,.0f}"),
)
