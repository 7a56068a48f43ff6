"""Joining the ranks of torchrun for a job, and leaving them."""

from __future__ import annotations

import logging
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch

from rlvr.config import Config
from rlvr.learn.process_group import ProcessGroup, join, leave
from rlvr.led.calls import Lead, follow
from rlvr.quiet import hide_library_bars
from rlvr.torchrun import num_ranks


@contextmanager
def leading(config: Config) -> Iterator[Lead | None]:
    """Rank 0's lead over the others, which are in ``assist``; None for a process that is alone.

    Raises ValueError for what several ranks cannot do.
    """
    if num_ranks() == 1:
        yield None
        return
    if config.grpo.max_staleness:
        raise ValueError(
            f"grpo.max_staleness is 1, and torchrun started {num_ranks()} ranks: their engines and "
            "their learner share the devices, so nothing could be written during an update; 0 is "
            "accepted"
        )
    lead = Lead(_join(config))
    try:
        yield lead
    finally:
        if not lead.has_failed:  # else the others are in the midst of a call, or gone
            lead.dismiss()
            leave()


def assist(config: Config) -> None:
    """What a rank other than 0 does, without a word. Ctrl-C is for rank 0 to act on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hide_library_bars()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    follow(_join(config))
    leave()


def _join(config: Config) -> ProcessGroup:
    if config.threads:
        torch.set_num_threads(config.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    ranks = join(device, timedelta(seconds=config.rank_timeout))
    assert isinstance(ranks, ProcessGroup)
    return ranks
