"""Evaluation of any model, outside of a run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rlvr.config import Config
from rlvr.data.store import load_or_make, task_of
from rlvr.evaluate import EvalMetrics, evaluate
from rlvr.model_files import load_tokenizer
from rlvr.prompt import Prompter
from rlvr.rollout.factory import make_engine


def evaluate_folder(config: Config, model: str, data: Path | None) -> EvalMetrics:
    """Both test splits with a model of the hub or of a folder; ``data`` is made where none is."""
    prompter = Prompter(load_tokenizer(model), config.model.prompt_template)
    folder = data or Path(tempfile.mkdtemp()) / "data"
    splits = load_or_make(config.data, config.seed, folder)
    engine = make_engine(model, config.rollout, config.model.max_length)
    try:
        test, shifted = ([task_of(row) for row in splits[name]] for name in ("test", "shifted"))
        return evaluate(engine, prompter, test, shifted, config)[0]
    finally:
        engine.close()
