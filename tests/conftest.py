"""Settings for every test."""

import gc
import os
import signal

from hypothesis import settings

# Read when torch is imported, here and in what the tests start. Several processes share the cores,
# and threads that wait for each other spin: four times the work, in tests of tiny models.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell ignores Ctrl-C in what it starts in the background, and in all that this starts.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples each time: a change fails for what it changed. To look for new ones:
#   bash scripts/test.sh --hypothesis-profile=search tests/verifiers
settings.register_profile("search", deadline=None, print_blob=True)
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


def pytest_collection_finish() -> None:
    """Thousands of tests live to the end: the collector of garbage need not look at them again."""
    gc.collect()
    gc.freeze()
