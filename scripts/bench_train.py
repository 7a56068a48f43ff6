"""What each part of training saves in time and memory, and how the cost grows with the tokens.

    python scripts/bench_train.py
    python scripts/bench_train.py --parting 1
    python scripts/bench_train.py --vocabulary 150000 --tokens 2048 --repeats 3
    python scripts/bench_train.py --growth
    python scripts/bench_train.py --vocabulary 150 --run runs/tiny --step 0

One step is forward, backward and AdamW on the same sequences, for a model made from nothing in the
sizes of the tiny preset. Only prompt and completion tokens count, each completion with a prompt of
its own, whatever a variant makes of them. The variants take turns in one process and their medians
are compared; peak memory comes from a fresh process each.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from train_bench.sequences import make_sequences, read_sequences
from train_bench.variants import VARIANTS, Bench

GROWTH_TOKENS = (1_024, 2_048, 4_096, 8_192, 16_384)
GROWTH_VARIANTS = ("padded", "packed", "packed, shared")


def main() -> None:
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    if options.growth:
        print_growth(options)
    else:
        print_variants(options)


def make_bench(name: str, num_tokens: int, options: argparse.Namespace) -> Bench:
    sequences = (
        read_sequences(options.run, options.step)
        if options.run
        else make_sequences(num_tokens, options.vocabulary, options.parting)
    )
    return Bench(
        VARIANTS[name],
        sequences,
        options.vocabulary,
        options.micro_batch_tokens,
        time.process_time if options.cpu_time else time.perf_counter,
    )


def medians(benches: Sequence[Bench], repeats: int) -> list[float]:
    """Seconds of a step of each, taking turns."""
    for bench in benches:
        bench.step()
    times = [[bench.step() for bench in benches] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def print_variants(options: argparse.Namespace) -> None:
    # First: a process that has computed nothing yet is forked clean.
    peaks = [in_fresh_process(peak_mb, name, options) for name in options.variants]
    benches = [make_bench(name, options.tokens, options) for name in options.variants]
    seconds = medians(benches, options.repeats)
    source = f"step {options.step} of a run" if options.run else f"parting {options.parting:g}"
    print(
        f"{benches[0].num_tokens:,} tokens a step, vocabulary {options.vocabulary:,}, {source}, "
        f"{options.threads} threads, medians of {options.repeats}\n\n"
        "| | ms a step | tokens/s | against the first | positions | padding | memory MB |\n"
        "|---|---|---|---|---|---|---|"
    )
    rows = zip(options.variants, benches, seconds, peaks, strict=True)
    for name, bench, each, peak in rows:
        print(
            f"| {name} | {each * 1e3:,.0f} | {bench.num_tokens / each:,.0f} | "
            f"{seconds[0] / each:.2f} | {bench.num_positions:,} | {bench.padding:.0%} | "
            f"{peak:,.0f} |"
        )


def print_growth(options: argparse.Namespace) -> None:
    """Microseconds a token, for steps of more and more tokens."""
    print(
        f"us a token, vocabulary {options.vocabulary:,}, parting {options.parting:g}, "
        f"{options.threads} threads, medians of {options.repeats}\n\n"
        f"| tokens a step | {' | '.join(GROWTH_VARIANTS)} |\n|---|{'---|' * len(GROWTH_VARIANTS)}"
    )
    for num_tokens in GROWTH_TOKENS:
        benches = [make_bench(name, num_tokens, options) for name in GROWTH_VARIANTS]
        seconds = medians(benches, options.repeats)
        cells = [f"{s / b.num_tokens * 1e6:.1f}" for s, b in zip(seconds, benches, strict=True)]
        print(f"| {benches[0].num_tokens:,} | {' | '.join(cells)} |", flush=True)


def in_fresh_process(
    function: Callable[[str, argparse.Namespace], float], name: str, options: argparse.Namespace
) -> float:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, (name, options))


def peak_mb(name: str, options: argparse.Namespace) -> float:
    """What three steps need on top of model and optimizer."""
    bench = make_bench(name, options.tokens, options)
    before = _resident_mb("VmRSS")
    for _ in range(3):
        bench.step()
    return _resident_mb("VmHWM") - before


def _resident_mb(key: str) -> float:
    """A line of Linux's account of this process: VmRSS is now, VmHWM the highest so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"this system does not report {key}; Linux is accepted")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tokens", type=int, default=8_192, help="a step (default %(default)s)")
    parser.add_argument("--vocabulary", type=int, default=64)
    parser.add_argument(
        "--parting",
        type=float,
        default=0.005,
        help="chance a token that a completion parts from the one before (default %(default)s)",
    )
    parser.add_argument("--run", type=Path, help="take the rollouts of this run instead")
    parser.add_argument("--step", type=int, default=0, help="of its reinforcement, from 0")
    parser.add_argument("--micro-batch-tokens", type=int, default=4_096)
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument(
        "--cpu-time",
        action="store_true",
        help="count processor time, for a machine that others use too (with --threads 1)",
    )
    parser.add_argument("--growth", action="store_true", help="cost against tokens instead")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    return parser


if __name__ == "__main__":
    main()
