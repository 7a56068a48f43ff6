"""The command line, ``rlvr train | sft | eval | ...``: thin over the functions they call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlvr import cli_traces
from rlvr.cli_diagnose import diagnose
from rlvr.cli_eval import evaluate
from rlvr.cli_scale import scale
from rlvr.config import Config
from rlvr.config_load import dump_toml, load_config, preset_names
from rlvr.torchrun import num_ranks, own_rank

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Reinforcement learning with verifiable rewards on equation solving.",
)
app.add_typer(cli_traces.app, name="traces")
console = Console()
errors = Console(stderr=True)

Preset = Annotated[
    str | None, typer.Option(help=f"A configuration of ours: {', '.join(preset_names())}.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="A TOML file; its values win over the preset's.")
]
Seed = Annotated[int | None, typer.Option(help="Short for seed=N.")]
Overrides = Annotated[
    list[str] | None, typer.Argument(help="Values that win over the files', as grpo.steps=40.")
]


def _config(
    preset: str | None, path: Path | None, seed: int | None, overrides: list[str] | None
) -> Config:
    if preset is None and path is None:
        preset = "tiny"
    return load_config(preset, path, _wins(overrides, seed))


def _wins(overrides: list[str] | None, seed: int | None) -> list[str]:
    return [*(overrides or []), *([] if seed is None else [f"seed={seed}"])]


@app.command(epilog="Example: rlvr train --preset tiny --seed 2 grpo.steps=40")
def train(
    overrides: Overrides = None,
    preset: Preset = None,
    config_file: ConfigFile = None,
    seed: Seed = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the newest run of this name.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the configuration and what it will take.")
    ] = False,
) -> None:
    """Run the main job: data, supervised stage, GRPO, evaluation before and after."""
    _start(preset, config_file, seed, overrides, resume, dry_run, only_sft=False)


@app.command(epilog="Example: rlvr sft --preset tiny sft.steps=300")
def sft(
    overrides: Overrides = None,
    preset: Preset = None,
    config_file: ConfigFile = None,
    seed: Seed = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the newest run of this name.")
    ] = False,
) -> None:
    """Run the job up to the supervised model; ``rlvr train --resume`` takes it from there."""
    _start(preset, config_file, seed, overrides, resume, dry_run=False, only_sft=True)


def _start(
    preset: str | None,
    config_file: Path | None,
    seed: int | None,
    overrides: list[str] | None,
    resume: bool,
    dry_run: bool,
    only_sft: bool,
) -> None:
    config = _config(preset, config_file, seed, overrides)
    if own_rank() and num_ranks() > 1:
        if not dry_run:
            from rlvr.led.job import assist

            assist(config)
        return
    if dry_run:
        _dry_run(config)
        return
    from rlvr.folder import open_run
    from rlvr.led.possible import check_possible

    check_possible(config)
    if not resume:
        _check_room(config)  # before there is a folder
    folder, config, is_resumed = open_run(config, resume, _wins(overrides, seed))
    if resume:
        _check_room(config)
    from rlvr.quiet import hide_library_bars
    from rlvr.run import run_job  # seconds: what is wrong was said before
    from rlvr.stages.shared import RunInterruptedError

    hide_library_bars()
    console.print(f"run folder: {folder.path}")
    try:
        run_job(config, folder, resumed=is_resumed, only_sft=only_sft, console=console)
    except (RunInterruptedError, KeyboardInterrupt) as stop:
        if num_ranks() > 1:
            from rlvr.telling import claims_to_tell

            claims_to_tell()  # the others need not say that rank 0 is gone
        errors.print(
            f"{stop or 'stopped at once'}; to go on: rlvr train --resume name={config.name}"
        )
        raise typer.Exit(130) from None


def _dry_run(config: Config) -> None:
    from rlvr.estimate import estimate, estimate_table
    from rlvr.led.possible import check_possible
    from rlvr.model_files import memory_left_mb, training_device
    from rlvr.newborn import make_tokenizer

    console.print(dump_toml(config), markup=False, highlight=False)
    vocab_size = len(make_tokenizer(config.data.families))
    found = estimate(config, vocab_size, num_ranks(), training_device().type)
    console.print(estimate_table(found))
    available, where = memory_left_mb()
    console.print(f"{where} has {available:,.0f} MB left", highlight=False)
    check_possible(config)
    _check_room(config)


def _check_room(config: Config) -> None:
    """Raises ``ValueError`` where the model cannot be read or shared, or the memory will not do."""
    from rlvr.estimate import sizes_of
    from rlvr.led.possible import check_heads
    from rlvr.model_files import memory_left_mb, training_device
    from rlvr.newborn import make_tokenizer
    from rlvr.room import check_room

    vocab_size = len(make_tokenizer(config.data.families))
    check_heads(config, sizes_of(config.model, vocab_size))
    check_room(config, vocab_size, *memory_left_mb(), num_ranks(), training_device().type)


@app.command("data", epilog="Example: rlvr data /tmp/equations --seed 1 data.sft_size=1000")
def make_data(
    folder: Annotated[Path, typer.Argument(help="Where the dataset is written; must not exist.")],
    overrides: Overrides = None,
    preset: Preset = None,
    config_file: ConfigFile = None,
    seed: Seed = None,
) -> None:
    """Make the datasets alone: generated, or of the set that data.source.name names."""
    config = _config(preset, config_file, seed, overrides)
    from rlvr.data.sourced import sifting_lines
    from rlvr.data.store import make_datasets, read_siftings
    from rlvr.quiet import hide_library_bars

    hide_library_bars()
    if folder.exists():
        raise ValueError(f"{folder} exists; name a folder that does not")
    splits = make_datasets(config.data, config.seed, folder)
    for line in sifting_lines(read_siftings(folder)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for name, rows in splits.items():
        console.print(f"{name:<12}{len(rows):>8} rows")
    console.print(f"written to {folder}; datasets.load_from_disk reads it", markup=False)


app.command("eval", epilog="Example: rlvr eval runs/tiny/models/final --data runs/tiny")(evaluate)
app.command(epilog="Example: rlvr diagnose runs/tiny")(diagnose)
app.command(epilog="Example: rlvr scale --model qwen2.5-7b --gpus 64 --hardware h200")(scale)


def main() -> None:
    """Errors that a user can mend are one readable message; a defect keeps its traceback."""
    sys.exit(_guarded(app))


def _guarded(command: Callable[[], object]) -> int:
    try:
        command()
    except Exception as error:
        if num_ranks() > 1:
            from rlvr.telling import tell_once

            return tell_once(error, errors)
        if not isinstance(error, ValueError | OSError):
            raise
        errors.print(f"error: {error}", markup=False, highlight=False, style="red")
        return 2
    return 0


if __name__ == "__main__":
    main()
