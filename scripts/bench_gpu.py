"""What one device does with our engine and trainer: rollout, training, weight update, parity.

    python scripts/bench_gpu.py                       # 0.5B and 1.5B shapes on one GPU
    python scripts/bench_gpu.py --shape tiny --shape small      # on a CPU

Models are made in code with random weights in the sizes of Qwen2.5, so nothing is downloaded.
Every shape has a process of its own; the rate of matrix products that utilisation is measured
against comes from the same process. Two models that are nothing but overhead are measured first,
for the cost model (docs/scale.md): its predictions are printed beside what was measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

# Read when torch is imported. Threads that spin while they wait are a little faster on an idle
# machine and many times slower on a busy one.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from rich.console import Console

from rlvr.scale.measured import comparison, load
from scripts.gpu_bench.bench import run_all
from scripts.gpu_bench.report import engine_note, results_table
from scripts.gpu_bench.shapes import CHOICES


def main() -> int:
    options = parser().parse_args()
    on_gpu = torch.cuda.is_available()
    if not (on_gpu or options.shape):
        print(
            "bench_gpu.py needs one NVIDIA GPU, and torch sees none "
            f"(torch {torch.__version__}). On a CPU name a shape that fits one: --shape tiny, "
            "--shape small",
            file=sys.stderr,
        )
        return 2
    record = run_all(
        options.shape or ["0.5b", "1.5b"],
        engine=options.engine,
        dtype=options.dtype or ("bfloat16" if on_gpu else "float32"),
        is_quick=options.quick,
        probe=options.probe,
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    show(record, options.out)
    return 0


def show(record: dict[str, Any], path: Path) -> None:
    console = Console()
    console.print(results_table(record))
    if note := engine_note(record):
        console.print(note)
    if record["machine"] is not None:
        console.print(comparison(load(path)))
    console.print(f"written to {path}")


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--shape", action="append", choices=CHOICES, help="again for more")
    found.add_argument("--engine", choices=["auto", "vllm", "transformers"], default="auto")
    found.add_argument("--dtype", choices=["float32", "bfloat16"], help="bfloat16 on a GPU")
    found.add_argument("--quick", action="store_true", help="small numbers, to try it")
    found.add_argument(
        "--no-probe", dest="probe", action="store_false", help="leave the cost model out"
    )
    found.add_argument("--out", type=Path, default=Path("runs/bench_gpu.json"))
    return found


if __name__ == "__main__":
    sys.exit(main())
