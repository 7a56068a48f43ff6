"""A run with adapters: what it leaves behind, and a resume that is equal to the bit.

With the plain engine, which starts sooner; ``rollout/test_engine.py`` has vLLM take adapters.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from peft import PeftModel
from rich.console import Console
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from rlvr.config_load import load_config
from rlvr.folder import new_run, newest_run
from rlvr.run import run_job
from tests.test_run import outcome

# The bonus gives every step a gradient: a newborn's rewards are all equal.
OVERRIDES = (
    "checkpoint.every=1", "model.lora.rank=4", "sft.steps=2", "grpo.entropy_bonus=0.1",
    "grpo.kl=k2_in_loss",
    "grpo.optimizer.lr=1e-2", "eval.pass_at_problems=0", "rollout.engine=transformers",
    "trace.wandb=disabled", "trace.probe_problems=0", "grpo.steps=2",
)  # fmt: skip


def test_a_run_with_adapters(tmp_path: Path) -> None:
    config = load_config("smoke", None, [f"runs={tmp_path}", *OVERRIDES])
    console, folder = Console(quiet=True), tmp_path / "smoke"
    run_job(config, new_run(config), resumed=False, console=console)
    straight = outcome(folder)

    # A model made from nothing is supervised as a whole; then only its linear layers move.
    models = {n: load_file(folder / "models" / n / "model.safetensors")
              for n in ("newborn", "sft", "final")}  # fmt: skip
    supervised, final = models["sft"], models["final"]
    assert not any(tensor.equal(models["newborn"][name]) for name, tensor in supervised.items())
    changed = {name for name, tensor in final.items() if not tensor.equal(supervised[name])}
    assert changed == {name for name in final if name.endswith("_proj.weight")}

    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert len(steps) == 2
    assert all(row["sync/parity_max"] < 1e-3 and row["updated"] == 1 for row in steps)

    base = AutoModelForCausalLM.from_pretrained(folder / "models" / "sft")
    peft = PeftModel.from_pretrained(base, str(folder / "models" / "final" / "adapter"))
    merged = AutoModelForCausalLM.from_pretrained(folder / "models" / "final")
    ids = torch.arange(20)[None]
    with torch.no_grad():
        torch.testing.assert_close(peft(ids).logits, merged(ids).logits, rtol=0, atol=1e-4)

    # As if killed after its first step.
    kept, last = sorted((folder / "checkpoints").iterdir())
    assert kept.name == "2-grpo-000001"
    assert {path.name for path in kept.iterdir()} == {
        "adapter", "manifest.json", "training_state.pt",
    }  # fmt: skip
    shutil.rmtree(last)
    shutil.rmtree(folder / "models" / "final")
    (folder / "eval" / "after.json").unlink()
    run_job(config, newest_run(config), resumed=True, console=console)
    assert outcome(folder) == straight
