"""Judging in worker processes, under limits of time and memory, in batches and asynchronously."""

from verifiers.pool.batch import averify, averify_batch, shared_pool, verify_batch
from verifiers.pool.limits import Limits
from verifiers.pool.pool import Pool

__all__ = ["Limits", "Pool", "averify", "averify_batch", "shared_pool", "verify_batch"]
