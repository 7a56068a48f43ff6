"""A folder for what is needed only while this process lives."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rlvr.rollout.server import sweep


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """It goes when the context is left, or when this process ends in whatever way."""
    with tempfile.TemporaryDirectory(prefix="rlvr-servers-", ignore_cleanup_errors=True) as folder:
        sweeper = subprocess.Popen(
            [sys.executable, "-I", sweep.__file__, str(os.getpid()), folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # out of reach of the terminal's Ctrl-C
        )
        try:
            yield Path(folder)
        finally:
            sweeper.kill()
            sweeper.wait()
