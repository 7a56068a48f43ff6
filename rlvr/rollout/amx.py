"""A trap of vLLM on a CPU: Intel's instructions for matrices in bfloat16."""

from __future__ import annotations

import torch


def request_amx() -> None:
    """Ask Linux for the AMX tiles, where the processor has them: for all of this process.

    Without having asked, a process that uses them is killed (SIGILL). torch asks before its own
    first product in bfloat16; vLLM's attention uses them whenever they are there, and asks nobody.
    """
    torch.cpu._init_amx()
