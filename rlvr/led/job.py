"""Joining the ranks of torchrun for a job, and leaving them."""

from __future__ import annotations

import logging
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import torch

from rlvr.config import Config
from rlvr.learn.process_group import ProcessGroup, join, leave
from rlvr.learn.ranks import RankError
from rlvr.led.calls import Bench, Lead, follow
from rlvr.led.place import check_place
from rlvr.led.possible import check_possible
from rlvr.model_files import training_device
from rlvr.quiet import hide_library_bars
from rlvr.torchrun import end_with_torchrun, num_ranks


@contextmanager
def leading(config: Config, run: Path) -> Iterator[Lead | None]:
    """Rank 0's lead over the others, which are in ``assist``; None for a process that is alone.

    Raises ValueError for what several ranks cannot do, and where one does not see the folder
    ``run``.
    """
    if num_ranks() == 1:
        yield None
        return
    check_possible(config)
    lead = Lead(_join(config))
    try:
        lead.run(_begin, run.absolute(), config.threads)
        yield lead
    except BaseException:  # Ctrl-C and an exit too: whatever ends rank 0 must let the others go
        with suppress(RankError):  # what went wrong first is told
            _end(lead)
        raise
    _end(lead)


def assist(config: Config) -> None:
    """What a rank other than 0 does, without a word. Ctrl-C is for rank 0 to act on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hide_library_bars()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    follow(_join(config))
    leave()


def _join(config: Config) -> ProcessGroup:
    end_with_torchrun()
    ranks = join(training_device().type, timedelta(seconds=config.rank_timeout))
    assert isinstance(ranks, ProcessGroup)
    return ranks


def _begin(bench: Bench, run: Path, threads: int) -> None:
    """``threads`` are rank 0's: a run that is resumed has its own configuration on rank 0 alone."""
    check_place(run, bench.ranks.rank)
    if threads:
        torch.set_num_threads(threads)


def _end(lead: Lead) -> None:
    if lead.in_step:  # else the others are in the midst of a call, or gone
        lead.dismiss()
        leave()
