"""A process of ours may use the tiles of AMX: on a processor that has them, vLLM does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.waiting import LIMIT

ROOT = Path(__file__).parents[2]
# Linux on x86-64: arch_prctl(ARCH_GET_XCOMP_PERM), whose bit 18 is the data of tiles.
JOB = """
import ctypes
def may_use_tiles():
    allowed = ctypes.c_ulong()
    assert ctypes.CDLL(None).syscall(158, 0x1022, ctypes.byref(allowed)) == 0
    return bool(allowed.value >> 18 & 1)
before = may_use_tiles()
{start}
print(before, may_use_tiles())
"""


@pytest.mark.skipif(
    not torch.cpu._is_amx_tile_supported(), reason="this processor has no AMX tiles"
)
@pytest.mark.parametrize(
    "start",
    [
        "from rlvr.rollout.amx import request_amx; request_amx()",
        "import rlvr.rollout.server.worker",  # in the server, all of ours that its engine loads
    ],
)
def test_the_tiles_are_asked_for(start: str) -> None:
    job = [sys.executable, "-c", JOB.format(start=start)]
    done = subprocess.run(job, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=True)
    assert done.stdout.split()[-2:] == ["False", "True"]
