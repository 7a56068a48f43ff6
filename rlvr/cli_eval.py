"""``rlvr eval``: what a model can do on any problems, and whether another does better."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from rlvr.torchrun import num_ranks

console = Console()

Model = Annotated[
    str | None,
    typer.Argument(
        help="A hub id, or a folder in the hub's layout: RUN/models/final, RUN/checkpoints/NAME.",
        show_default=False,
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        help="A run, a folder of datasets, a .jsonl or .parquet file with the fields of the"
        " grader, a name on the hub, or one of the known sets, as gsm8k."
    ),
]
Split = Annotated[str, typer.Option(help="Of a data set that has splits.")]
Subset = Annotated[str | None, typer.Option(help="Of a data set of the hub, as main.")]
Columns = Annotated[
    str | None,
    typer.Option(help="Where fields are, as problem=question,gold=answer,difficulty=level."),
]
Layout = Annotated[
    str | None, typer.Option(help="The known data set whose columns a file has, as gsm8k.")
]
Limit = Annotated[int | None, typer.Option(help="The first so many rows.", min=1)]
Samples = Annotated[int, typer.Option(help="Drawn a problem; 0: greedy only.", min=0)]
Sizes = Annotated[
    str | None, typer.Option("--k", help="Of pass@k and maj@k, as 1,4,16. [1, 4, 16, ...]")
]
Temperature = Annotated[float, typer.Option(help="Of the samples.")]
Seed = Annotated[int, typer.Option(help="Of the samples and the bootstrap.", min=0)]
Template = Annotated[str | None, typer.Option(help="A file of prompts/; else the run's, or boxed.")]
NewTokens = Annotated[
    int | None, typer.Option(help="Of a completion; else the run's, or 1024.", min=1)
]
Chat = Annotated[
    bool | None,
    typer.Option("--chat/--no-chat", help="Within the model's chat template; else as its run."),
]
Stop = Annotated[list[str] | None, typer.Option(help="A text that ends a completion.")]
Engine = Annotated[Literal["auto", "vllm", "transformers"], typer.Option(help="What generates.")]
Dtype = Annotated[
    Literal["float32", "bfloat16"],
    typer.Option(help="Of the weights; in float32 the batch size changes nothing."),
]
Batch = Annotated[int, typer.Option(help="Completions drawn at once.", min=1)]
Cache = Annotated[float, typer.Option(help="vLLM's memory for attention.")]
Output = Annotated[
    Path | None, typer.Option(help="The folder; one that was begun is gone on with.")
]
Compare = Annotated[
    tuple[Path, Path] | None,
    typer.Option(help="Compare two such folders.", metavar="A B"),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def evaluate(
    model: Model = None,
    data: Data = None,
    split: Split = "test",
    subset: Subset = None,
    columns: Columns = None,
    layout: Layout = None,
    limit: Limit = None,
    samples: Samples = 16,
    k: Sizes = None,
    temperature: Temperature = 1.0,
    seed: Seed = 0,
    template: Template = None,
    max_new_tokens: NewTokens = None,
    chat: Chat = None,
    stop: Stop = None,
    engine: Engine = "auto",
    dtype: Dtype = "float32",
    batch: Batch = 256,
    kv_cache_gb: Cache = 1.0,
    output: Output = None,
    compare: Compare = None,
    as_json: AsJson = False,
) -> None:
    """Greedy accuracy, pass@k and maj@k with intervals; or a paired test of two evaluations."""
    sizes = _sizes(k)
    if compare is not None:
        if model is not None or data is not None:
            raise ValueError("--compare takes two folders of evaluations, no model and no --data")
        _compare(*compare, ks=sizes, as_json=as_json)
        return
    model, data = _asked(model, data, samples, sizes, temperature)
    from rlvr.config_rollout import RolloutConfig
    from rlvr.data.known_sets import load_set
    from rlvr.data.rows import FIELDS
    from rlvr.evals.folder import EvalFolder
    from rlvr.evals.run import Wanted, answer_all, default_folder
    from rlvr.evals.settings import Asking, usual
    from rlvr.quiet import hide_library_bars

    hide_library_bars()
    rows = load_set(data, split, subset=subset, layout=layout, columns=columns, fields=FIELDS)
    is_said = template is not None and max_new_tokens is not None
    asking = Asking() if is_said else usual(model)
    rollout = RolloutConfig(
        engine=engine, dtype=dtype, temperature=temperature, max_sequences=batch,
        max_new_tokens=max_new_tokens or asking.max_new_tokens, kv_cache_gb=kv_cache_gb,
        stop=tuple(stop) if stop else asking.stop,
    )  # fmt: skip
    wanted = Wanted(
        model=model, data=data, split=split, rows=rows[:limit], rollout=rollout, samples=samples,
        seed=seed, template=template or asking.template,
        chat_template=asking.chat_template if chat is None else chat,
    )  # fmt: skip
    folder = EvalFolder(output or default_folder(model, data, split))
    with _told_how_to_go_on(folder.path):
        answer_all(wanted, folder)
    _report(folder.path, sizes, as_json)


@contextmanager
def _told_how_to_go_on(folder: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        Console(stderr=True).print(f"stopped; the same command goes on with {folder}")
        raise typer.Exit(130) from None


def _asked(
    model: str | None, data: str | None, samples: int, sizes: list[int], temperature: float
) -> tuple[str, str]:
    """Model and data; raises ``ValueError`` for what cannot be evaluated."""
    if num_ranks() > 1:
        raise ValueError("rlvr eval is one process; torchrun starts rlvr train and rlvr sft")
    if model is None or data is None:
        raise ValueError("rlvr eval needs a MODEL and --data; or --compare A B")
    if sizes and max(sizes) > samples:
        raise ValueError(f"--k {max(sizes)} needs as many samples; --samples is {samples}")
    if temperature <= 0:
        raise ValueError(f"--temperature is {temperature:g}; accepted: a number above 0")
    from rlvr.model_files import check_model_path

    check_model_path(model)  # before a data set is looked for on the hub
    return model, data


def _report(path: Path, ks: list[int], as_json: bool) -> None:
    from rlvr.evals.folder import EvalFolder
    from rlvr.evals.report import tables
    from rlvr.evals.summary import default_ks, summarise
    from rlvr.folder import write_json

    folder = EvalFolder(path)
    settings, left_out = folder.read_settings()
    summary = summarise(settings, left_out, folder.read(), ks or default_ks(settings.samples))
    write_json(folder.summary, summary.as_dict())
    if as_json:
        print(json.dumps(summary.as_dict(), indent=2))
        return
    console.print(tables(summary))
    console.print(f"written to {path}", markup=False, highlight=False, soft_wrap=True)


def _compare(a: Path, b: Path, ks: list[int], as_json: bool) -> None:
    from rlvr.evals.compare import compare
    from rlvr.evals.estimates import metric_names
    from rlvr.evals.folder import EvalFolder
    from rlvr.evals.report import comparison_tables
    from rlvr.evals.summary import default_ks

    folders = EvalFolder(a), EvalFolder(b)
    (first, _), (second, _) = (folder.read_settings() for folder in folders)
    samples = min(first.samples, second.samples)
    if ks and max(ks) > samples:
        raise ValueError(f"--k {max(ks)} needs as many samples in both; one has {samples}")
    names = metric_names(samples, ks or default_ks(samples))
    found = compare(folders[0].read(), folders[1].read(), names, first.seed)
    notes = first.differences(replace(second, model_digest=first.model_digest))
    if as_json:
        print(json.dumps({**found.as_dict(), "settings_differ": notes}, indent=2))
        return
    console.print(comparison_tables(found, str(a), str(b), notes))


def _sizes(text: str | None) -> list[int]:
    """``1,4,16`` or ``1 4 16``; [] for none given."""
    parts = (text or "").replace(",", " ").split()
    if not all(part.isdecimal() and int(part) for part in parts):
        raise ValueError(f"--k is {text!r}; accepted: whole numbers from 1, as 1,4,16")
    return sorted({int(part) for part in parts})
