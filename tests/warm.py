"""Imported once by a process that jobs are forked off: what a job would take seconds to import."""

from __future__ import annotations

from importlib import import_module

from rlvr.importing import collector_at_rest

LIBRARIES = (
    "datasets", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "rlvr.cli", "rlvr.estimate",
    "rlvr.run", "rlvr.rollout.vllm",
)  # fmt: skip
# What vLLM imports when an engine starts.
ON_CPU = (
    "vllm.model_executor.model_loader.default_loader", "vllm.model_executor.models.qwen3",
    "vllm.v1.worker.cpu_worker",
)  # fmt: skip

with collector_at_rest():
    for library in LIBRARIES:
        import_module(library)
    if import_module("vllm.platforms").current_platform.is_cpu():
        for library in ON_CPU:
            import_module(library)
