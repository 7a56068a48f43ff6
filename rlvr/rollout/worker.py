"""A process with an engine of its own: what it is asked through a pipe, it answers through it."""

from __future__ import annotations

import logging
import os
import pickle
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rlvr.config_rollout import RolloutConfig


def serve(
    pipe: Connection,
    index: int,
    cores: Sequence[int],
    model_path: str,
    settings: RolloutConfig,
    max_length: int,
) -> None:
    """The life of worker ``index``: makes its engine on its cores, and obeys until told to end.

    A request is (method, arguments); an answer is (result, None) or (None, exception). The first
    answer is the engine's name.
    """
    # Ctrl-C reaches all processes of a terminal; when to end is for the first of them to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.sched_setaffinity(0, cores)
    if index:
        logging.disable(logging.WARNING)  # the first worker has said it
    # Not before: both look at the cores that they may use.
    import torch

    from rlvr.rollout.factory import make_engine

    torch.set_num_threads(len(cores))
    try:
        engine = make_engine(model_path, settings, max_length)
    except Exception as error:
        pipe.send((None, _portable(error)))
        return
    pipe.send((engine.name, None))
    weights: Any = None  # shared with the sender, who fills them before each update
    try:
        while True:
            method, arguments = pipe.recv()
            try:
                result = None
                if method == "generate":
                    engine.policy_version, *rest = arguments
                    result = engine.generate(*rest)
                elif method == "share":
                    (weights,) = arguments
                else:
                    assert method == "update", method
                    engine.update_weights(weights.items(), *arguments)
            except Exception as error:
                pipe.send((None, _portable(error)))
            else:
                pipe.send((result, None))
    except (EOFError, BrokenPipeError):  # closed, or the other process is gone
        engine.close()


def _portable(error: Exception) -> Exception:
    """The exception, or what it says where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its own constructor raises
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
