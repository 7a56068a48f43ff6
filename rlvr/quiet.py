"""Bars of libraries for work that takes no time; ours are for what does."""

from __future__ import annotations

import datasets
from transformers.utils import logging


def hide_library_bars() -> None:
    datasets.disable_progress_bars()
    logging.disable_progress_bar()
