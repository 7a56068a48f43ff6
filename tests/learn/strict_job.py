"""What ``test_strict_device.py`` compares: training on the strict device.

    python -m tests.learn.strict_job FILE

A process of its own, because the device changes torch.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch.utils._pytree import tree_map

from rlvr.learn.ranks import OneRank
from rlvr.model_sizes import CHUNK_LOGITS
from tests.learn.ranks_job import RESUMED, RESUMED_AFTER, end, make_trainer, run, supervise, train
from tests.learn.strict_device import StrictDevice, StrictTensor, register

JOBS = ("many_updates", "ppo_muon_untied", "lora_kl")
ONE = OneRank()


def to_cpu(found: Any) -> Any:
    return tree_map(lambda x: x.raw if isinstance(x, StrictTensor) else x, found)


def resume(device: torch.device) -> dict[str, Any]:
    """From a state that was read onto the CPU, as checkpoints are."""
    first = make_trainer(RESUMED, ONE, device)
    train(RESUMED, first, range(RESUMED_AFTER))
    second = make_trainer(RESUMED, ONE, device)
    second.policy.model.load_state_dict(to_cpu(first.policy.model.state_dict()))
    second.load_state_dict(to_cpu(first.state_dict()))
    return end(RESUMED, second)


def refused(device: torch.device) -> dict[str, str]:
    """What a GPU does not do, and the error. Without these the comparison could not fail."""
    here, there = torch.ones(2), torch.ones(2, device=device)
    cases: dict[str, Any] = {
        "sum": lambda: there + here,
        "product": lambda: torch.ones(2, 2, device=device) @ here,
        "selection": lambda: there.index_select(0, torch.tensor([0])),
        "numpy": there.numpy,
    }
    found = {}
    for name, case in cases.items():
        try:
            case()
        except RuntimeError as error:
            found[name] = type(error).__name__
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    strict = register()
    CHUNK_LOGITS[strict.type] = CHUNK_LOGITS["cpu"]
    with StrictDevice():
        results = {
            "runs": {job: run(job, ONE, strict) for job in JOBS},
            "supervised": supervise(ONE, strict),
            "resumed": resume(strict),
            "refused": refused(strict),
        }
    torch.save(to_cpu(results), sys.argv[1])
