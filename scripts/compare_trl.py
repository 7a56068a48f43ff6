"""rlvr beside TRL 1.16's GRPOTrainer: learning curves over seeds, speed and memory.

    source scripts/cpu_env.sh
    .venv/bin/python scripts/compare_trl.py --start runs/tiny
    .venv/bin/python scripts/compare_trl.py --start runs/tiny --ablation    # what each part brings
    .venv/bin/python scripts/compare_trl.py --start runs/tiny --gradient    # one batch, both losses

TRL gets an environment of its own, .venv-trl, at the first call. Both sides start from the
supervised model of one run and draw its problems in the same order; without --start that run is
made first. Finished runs are kept, so that the same command after Ctrl-C goes on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Event, Lock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rlvr.config import Config
from rlvr.config_load import dump_toml, load_config
from rlvr.progress import Progress
from scripts.trl_comparison.agreement import agreement
from scripts.trl_comparison.environment import ROOT, trl_python
from scripts.trl_comparison.figure import draw
from scripts.trl_comparison.results import Rows, curves, speed
from scripts.trl_comparison.runs import (
    ABLATION,
    SIDES,
    TRL_CHILD,
    Contestant,
    FailedError,
    make_config,
    run_once,
    shared_machine,
)
from scripts.trl_comparison.settings import OURS
from scripts.trl_comparison.table import (
    ablation_table,
    agreement_text,
    aims,
    margin_text,
    settings_table,
    sides_table,
)

WINDOW = 10  # steps
METRICS = ("reward", "correct", "mean_length", "grad_norm")


class Comparison:
    """The runs of one call, in the order in which they are made."""

    def __init__(self, given: argparse.Namespace, contestants: tuple[Contestant, ...]) -> None:
        self.given = given
        self.contestants = contestants
        self.trl_python = trl_python(given.trl_python)
        self.start = given.start or make_start(given.runs)

    def config(self, contestant: Contestant, seed: int) -> Config:
        overrides = [f"grpo.steps={self.given.steps}", *self.given.overrides]
        return make_config(self.start, contestant, seed, overrides)

    def run(self, folder: Path) -> dict[str, list[Rows]]:
        """The rows of every contestant, one list a seed."""
        # In turns, and in turns first: a noisy machine then hits all alike.
        order = [
            (each, seed)
            for turn, seed in enumerate(self.given.seeds)
            for each in (self.contestants if turn % 2 == 0 else self.contestants[::-1])
        ]
        environment, lock, stopping = shared_machine(self.given.jobs), Lock(), Event()
        pool = ThreadPoolExecutor(self.given.jobs)
        with Progress("steps", len(order) * self.given.steps) as progress:

            def advance(count: int, note: str) -> None:
                if stopping.is_set():
                    raise FailedError("another run failed, or Ctrl-C")
                with lock:
                    progress.advance(count, note)

            def run(each: Contestant, seed: int) -> Rows:
                python = self.trl_python if each.child == TRL_CHILD else Path(sys.executable)
                output = folder / f"{each.name}-{seed}.jsonl"
                config = self.config(each, seed)
                return run_once(each, python, config, output, advance, environment)

            waiting = {key: pool.submit(run, *key) for key in order}
            try:
                found = {key: each.result() for key, each in waiting.items()}
            finally:
                stopping.set()
                pool.shutdown(cancel_futures=True)
        return {
            each.name: [found[each, seed] for seed in self.given.seeds] for each in self.contestants
        }


def make_start(runs: Path) -> Path:
    """The supervised run that both sides start from, made or gone on with."""
    start = runs / "start"
    if not (start / "models/sft").is_dir():
        place = ["name=start", f"runs={runs}"]
        begin = ["--resume"] if (start / "config.toml").exists() else ["--preset", "tiny"]
        subprocess.run([sys.executable, "-m", "rlvr", "sft", *begin, *place], cwd=ROOT, check=True)
    return start


def compare(given: argparse.Namespace) -> None:
    comparison = Comparison(given, SIDES)
    rows = comparison.run(given.runs / "curves")
    ours, theirs = rows["rlvr"], rows["trl"]
    speeds = {name: speed(each) for name, each in rows.items()}
    print("\n" + sides_table(speeds["rlvr"], speeds["trl"]))
    print("\n" + aims(speeds["rlvr"], speeds["trl"]))
    found = {}
    if len(given.seeds) > 1 and given.steps >= WINDOW:
        found = {n: agreement(curves(ours, n), curves(theirs, n), WINDOW) for n in METRICS}
        for name, each in found.items():
            print("\n" + agreement_text(name, each, WINDOW, given.steps))
        print("\n" + margin_text(found["reward"]))
    summary = {
        "seeds": given.seeds,
        "speed": {name: asdict(each) for name, each in speeds.items()},
        "agreement": {name: asdict(each) | {"holds": each.holds} for name, each in found.items()},
        "curves": {
            side: {name: curves(each, name) for name in METRICS} for side, each in rows.items()
        },
    }
    (given.runs / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    figure = given.figure or given.runs / "curves.png"
    draw({"rlvr": ours, "TRL 1.16": theirs}, figure)
    print(f"\n{given.runs / 'summary.json'}\n{figure}")


def ablation(given: argparse.Namespace) -> None:
    rows = Comparison(given, ABLATION).run(given.runs / "ablation")
    print("\n" + ablation_table([(each.label, speed(rows[each.name])) for each in ABLATION]))


def gradient(given: argparse.Namespace) -> None:
    comparison = Comparison(given, SIDES)
    config = comparison.config(SIDES[0], given.seeds[0])
    given.runs.mkdir(parents=True, exist_ok=True)
    path = given.runs / "gradient.toml"
    path.write_text(dump_toml(config))
    module = "scripts.trl_comparison.gradient_child"
    subprocess.run([comparison.trl_python, "-m", module, path], cwd=ROOT, check=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--start", type=Path, help="a run with models/sft and data")
    parser.add_argument("--runs", type=Path, default=Path("runs/compare-trl"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, fewer threads each")
    parser.add_argument("--figure", type=Path, help="default: curves.png in --runs")
    parser.add_argument("--trl-python", type=Path, help="a Python that can import trl")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--ablation", action="store_true", help="speed of more variants")
    what.add_argument("--gradient", action="store_true", help="compare the gradients of one batch")
    what.add_argument("--settings", action="store_true", help="print what both sides are told")
    parser.add_argument("overrides", nargs="*", help="of rlvr's configuration, for both sides")
    return parser.parse_args()


def main() -> None:
    given = parse_arguments()
    given.runs = given.runs.absolute()
    given.start = given.start.absolute() if given.start else None
    try:
        if given.settings:
            print(settings_table(load_config("tiny", overrides=[*OURS, *given.overrides])))
        elif given.ablation:
            ablation(given)
        elif given.gradient:
            gradient(given)
        else:
            compare(given)
    except (ValueError, FailedError) as error:
        raise SystemExit(f"error: {error}") from None
    except KeyboardInterrupt:
        print("stopped; the same command goes on", file=sys.stderr)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
