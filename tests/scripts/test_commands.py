"""scripts/train.sh and scripts/test.sh: what they hand on, and their exit status."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripts.conftest import ROOT, Checkout


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ([], ["--preset", "tiny"]),
        (["--seed", "2", "grpo.steps=40"], ["--preset", "tiny", "--seed", "2", "grpo.steps=40"]),
        (["--preset", "smoke"], ["--preset", "smoke"]),
        (["--preset=smoke", "a b"], ["--preset=smoke", "a b"]),
        (["--config", "my run.toml"], ["--config", "my run.toml"]),
        (["--config=my.toml"], ["--config=my.toml"]),
    ],
)
def test_train_hands_its_arguments_on(
    checkout: Checkout, tmp_path: Path, given: list[str], handed_on: list[str]
) -> None:
    result = checkout.run("scripts/train.sh", *given, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [str(tmp_path), "train", *handed_on]


def test_train_ends_with_the_status_of_the_job(checkout: Checkout) -> None:
    assert checkout.run("scripts/train.sh", STUB_STATUS="7").returncode == 7


def test_train_does_not_start_without_a_set_up(checkout: Checkout) -> None:
    result = checkout.run("scripts/train.sh", STUB_FAIL="--editable")
    assert (result.returncode, result.stdout) == (1, "")


@pytest.mark.parametrize(
    ("folder", "setting", "installed", "preloaded"),
    [
        ("checkout", "1", True, True),
        ("checkout", "0", True, False),
        ("checkout", "1", False, False),
        ("a checkout", "1", True, False),  # the loader cannot take a path with a blank
    ],
)
def test_the_openmp_runtime_is_preloaded_where_there_is_one(
    tmp_path: Path, folder: str, setting: str, installed: bool, preloaded: bool
) -> None:
    library = tmp_path / folder / ".venv/lib/libiomp5.so"
    library.parent.mkdir(parents=True)
    if installed:
        library.touch()
    shutil.copytree(ROOT / "scripts", tmp_path / folder / "scripts")
    result = subprocess.run(
        ["bash", "-uc", 'source scripts/cpu_env.sh; printf %s "${LD_PRELOAD-}"'],
        cwd=tmp_path / folder,
        env={"PATH": os.environ["PATH"], "RLVR_CPU_ENV": setting},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == (str(library) if preloaded else "")


def test_test_runs_every_check_and_pytest_last(checkout: Checkout, tmp_path: Path) -> None:
    result = checkout.run("scripts/test.sh", "-k", "loss", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    commands = checkout.commands()
    commands.remove("python -c import tests.warm")  # beside them
    assert commands[-4:] == [
        "python -m ruff check .",
        "python -m ruff format --check .",
        "python -m mypy",
        "python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -k loss",
    ]
    assert result.stdout.splitlines()[-1] == "1 passed in 0.01s"


@pytest.mark.parametrize(
    ("part", "name"),
    [("ruff check", "ruff check"), ("--check", "ruff format"), ("mypy", "mypy"), ("-m pytest", "")],
)
def test_any_failing_check_fails_the_whole(checkout: Checkout, part: str, name: str) -> None:
    result = checkout.run("scripts/test.sh", STUB_FAIL=part)
    assert result.returncode != 0
    assert "python -m pytest -n 3 --dist loadfile --no-loadscope-reorder" in checkout.commands()
    assert (f"[test] FAILED: {name} (see above)" in result.stdout) == bool(name)


def test_scripts_are_clean_to_shellcheck() -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if shellcheck is None:
        pytest.skip("shellcheck is not installed beside this Python (it is in the test extra)")
    scripts = [*ROOT.glob("scripts/*.sh"), ROOT / ".ci/run", *ROOT.glob("tests/scripts/stubs/*")]
    result = subprocess.run(
        [shellcheck, *map(str, scripts)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
