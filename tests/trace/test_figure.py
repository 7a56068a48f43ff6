from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib import image

from rlvr.trace.figure import FIGURE, draw_habits, first_examples
from rlvr.trace.tracer import Tracer
from rlvr.types import Rollout

MakeRollout = Callable[..., Rollout]


def test_the_figure_of_a_run(tmp_path: Path, make_rollout: MakeRollout) -> None:
    tracer = Tracer(tmp_path)
    for step in (10, 20):
        tracer.log_probe(step, [make_rollout("one", words="Solve $x_$ \x1b = 1"), make_rollout()])
    path = draw_habits(tmp_path)
    assert path == tmp_path / FIGURE
    pixels = image.imread(path)
    assert pixels.shape[1] > 1000
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 10  # something is drawn
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".png"] == [FIGURE]
    example = first_examples(tmp_path, ["domain_stated", "domain_first", "factoring"])
    assert {habit: row["step"] for habit, row in example.items()} == {"domain_stated": 10}


def test_a_run_without_probes_has_none(tmp_path: Path) -> None:
    assert draw_habits(tmp_path) is None
    Tracer(tmp_path).log_metrics(1, {"reward": 1.0})
    assert draw_habits(tmp_path) is None
    assert not (tmp_path / FIGURE).exists()
