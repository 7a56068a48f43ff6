"""Imports of libraries that take seconds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Import without the garbage collector looking, again and again, at what will live to the end.

    It never looks at that any more: libraries that call it when they load a model, as vLLM does,
    then wait for milliseconds, where it was a third of a second each time.
    """
    was_enabled = gc.isenabled()
    gc.collect()  # or what is garbage now would live to the end, too
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
