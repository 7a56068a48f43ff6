"""What went wrong, told once, with the rank that it went wrong on.

Where one rank of several fails, the others soon wait for it in vain: the first to fail says so in
torchrun's store, and the rest end without a word.
"""

from __future__ import annotations

import os
import traceback
from datetime import timedelta

import torch.distributed as dist
from rich.console import Console

from rlvr.learn.ranks import RankError
from rlvr.torchrun import num_ranks, own_rank, restart_count

STORE_LIMIT = timedelta(seconds=5)


def claims_to_tell() -> bool:
    """Whether no other rank has told before; where that cannot be asked, it is better told twice.

    Of one process, always.
    """
    if num_ranks() == 1:
        return True
    try:
        store = dist.TCPStore(  # type: ignore[attr-defined]
            os.environ["MASTER_ADDR"],
            int(os.environ["MASTER_PORT"]),
            is_master=False,
            timeout=STORE_LIMIT,
            wait_for_workers=False,
        )
        return bool(store.add(f"rlvr/told/{restart_count()}", 1) == 1)
    except (RuntimeError, KeyError):  # torch's errors of the store are RuntimeErrors
        return True


def tell_once(error: Exception, console: Console) -> int:
    """Print the error of one rank of several, unless it follows from another's; the exit status.

    What a user can mend, and a rank that did not come, are one message; a defect has its traceback.
    """
    is_readable = isinstance(error, ValueError | OSError | RankError)
    if claims_to_tell():
        where = f"rank {own_rank()} of {num_ranks()}"
        message = f"error on {where}: {error if is_readable else type(error).__name__}"
        if not is_readable:
            console.print(traceback.format_exc(), markup=False, highlight=False, soft_wrap=True)
        console.print(message, markup=False, highlight=False, soft_wrap=True, style="red")
    return 2 if isinstance(error, ValueError | OSError) else 1
