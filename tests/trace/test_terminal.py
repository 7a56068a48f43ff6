from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from rlvr.trace.find import Wanted
from rlvr.trace.jsonl import rollouts_path
from rlvr.trace.terminal import printable, show
from rlvr.trace.tracer import Tracer
from rlvr.types import Rollout
from verifiers import Decision

MakeRollout = Callable[..., Rollout]


@pytest.fixture
def run(tmp_path: Path, make_rollout: MakeRollout) -> Path:
    """Three steps of two completions: one rational and right, one linear and wrong."""
    folder = tmp_path / "runs" / "tiny"
    tracer = Tracer(folder)
    for step in (1, 2, 10):
        wrong = make_rollout(
            f"line of step {step}\n\\boxed{{7}}",
            id="linear-000002",
            family="linear",
            words="Solve [bold]2x[/bold] = 4.",
            verdict=Decision.INCORRECT,
            answer="7",
            counted=False,
            finish_reason="length",
        )
        tracer.log_rollouts(step, [[make_rollout(), wrong]], [[0.75, None]])
    return folder


def shown(run: Path, limit: int = 10, **wanted: Any) -> tuple[int, str]:
    out = io.StringIO()
    count = show(run, Wanted(**wanted), limit, console=Console(file=out, width=120))
    return count, out.getvalue()


def test_a_rollout_is_shown_whole(run: Path) -> None:
    count, text = shown(run, step=2)
    assert count == 2
    for words in (
        "step 2 · rational · rational-000001 · completion 0",
        "Solve 3 - (3+y)/y = y.",
        "\\boxed{\\text{no real solution}}",
        "correct (equal), answered {}, expected {}",
        "domain: y != 0",
        "the discriminant of y^2 - 2y + 3 is -8",
        "reward 1.20 = correct +1.00, domain +0.20; advantage +0.750",
        "shows: domain stated",
        "incorrect (equal), answered 7",
        "not counted",
        "cut off after 2 tokens",
        "Solve [bold]2x[/bold] = 4.",  # a model's markup is text
    ):
        assert words in text, words


def test_the_latest_step_comes_first(run: Path) -> None:
    count, text = shown(run, limit=3)
    assert count == 3
    assert [n for n in (1, 2, 10) if f"─ step {n} ·" in text] == [2, 10]
    assert text.index("step 10 ·") < text.index("step 2 ·")
    assert "There are more than these 3: --limit shows them." in text
    assert "There are more" not in shown(run, limit=6)[1]


def test_filters(run: Path) -> None:
    assert shown(run, family="linear")[0] == 3
    assert shown(run, search="NO REAL")[0] == 3
    assert shown(run, search="step 10")[0] == 1
    assert shown(run, step=1, family="rational", search="3+y")[0] == 1


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"step": 3}, "has no rollouts of step 3; there are 3, from 1 to 10"),
        ({"family": "cubic"}, 'no rollouts of the family "cubic"; there are: linear, rational'),
        ({"search": "xyzzy"}, 'no rollout with "xyzzy"'),
        ({"step": 2, "search": "xyzzy"}, 'step 2, has no rollout with "xyzzy"'),
    ],
)
def test_what_is_not_there_is_said(run: Path, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match="no rollout") as caught:
        shown(run, **wanted)
    assert words in str(caught.value)


def test_a_wrong_path_names_the_runs_beside_it(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"no run folder .*tinny; there are: {run}"):
        shown(run.with_name("tinny"))
    with pytest.raises(ValueError, match=f"holds no rollouts .*; there are: {run}"):
        shown(run.parent)
    with pytest.raises(ValueError, match="no run folder"):
        shown(tmp_path / "a" / "b")
    with pytest.raises(ValueError, match="no run folder"):
        shown(rollouts_path(run, 2))


def test_empty_and_broken_files(run: Path) -> None:
    rollouts_path(run, 2).write_text("")
    with pytest.raises(ValueError, match="step 2, has rollout files, but they are empty"):
        shown(run, step=2)
    rollouts_path(run, 2).write_text("{}\nnonsense\n")
    with pytest.raises(
        ValueError, match=r"step-000002.jsonl, line 1: not a rollout row, it lacks adv"
    ):
        shown(run, step=2)
    rollouts_path(run, 2).write_text("3\n")
    with pytest.raises(ValueError, match=r"step-000002.jsonl, line 1: not a row of JSON"):
        shown(run, step=2)
    rollouts_path(run, 2).write_text("nonsense\n")
    with pytest.raises(ValueError, match=r"step-000002.jsonl, line 1: not a row of JSON"):
        shown(run, step=2)


def test_a_model_cannot_steer_the_terminal(tmp_path: Path, make_rollout: MakeRollout) -> None:
    assert printable("a\x1b[2J\u202eb\nc\x00√\r") == "a\\x1b[2J\\u202eb\nc\\x00√\\r"
    hostile = make_rollout("\x1b]0;pwned\x07", words="\x9b31m", answer="\x1b[1A")
    Tracer(tmp_path).log_rollouts(1, [[hostile]], [[0.0]])
    text = shown(tmp_path)[1]
    assert not any(character in text for character in "\x1b\x07\x9b")
    assert "\\x1b]0;pwned\\x07" in text
