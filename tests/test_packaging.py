"""The wheel: what is in it, and that it grades in an environment without the training stack."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What pip says when it can reach no index; anything else is a failure of ours.
NO_INDEX = ("No matching distribution found for sympy", "Connection", "ReadTimeout", "SSLError")


def run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the build backend is in the test extra")
    folder = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT)
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and its base dependencies only."""
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", folder], ROOT)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-input", "-q"]
    installed = run([*pip, wheel], folder)
    if installed.returncode and any(sign in installed.stderr for sign in NO_INDEX):
        pytest.skip(f"the package index cannot be reached: {installed.stderr.strip()[-300:]}")
    assert installed.returncode == 0, installed.stderr
    return python


def test_wheel_holds_both_packages_the_prompts_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        str(file.relative_to(ROOT))
        for package in ("rlvr", "verifiers")
        for file in (ROOT / package).rglob("*")
        if file.suffix in {".py", ".toml", ".html", ".j2", ".css", ".js"}
    }
    prompts = {f"rlvr/prompts/{file.name}" for file in (ROOT / "prompts").glob("*.txt")}
    assert len(prompts) >= 3
    assert sources | prompts <= names
    assert "rlvr-0.1.0.dist-info/licenses/LICENSE" in names


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"rlvr", "verifiers", "rlvr-0.1.0.dist-info"}


def test_installed_wheel_needs_no_torch(python: Path, tmp_path: Path) -> None:
    listed = run(
        [python, "-c", "import importlib.util as u; print(u.find_spec('torch'))"], tmp_path
    )
    assert listed.stdout.strip() == "None"
    imported = run([python, "-c", "import verifiers"], tmp_path)
    assert imported.returncode == 0, imported.stderr


def test_both_packages_lie_in_one_place(python: Path, tmp_path: Path) -> None:
    # `verifiers` is also the import name of an unrelated distribution.
    script = "import rlvr, verifiers; print(rlvr.__file__); print(verifiers.__file__)"
    paths = [Path(line) for line in run([python, "-c", script], tmp_path).stdout.split()]
    assert paths[0].parent.parent == paths[1].parent.parent
    assert python.parent.parent in paths[0].parents


def test_installed_prompts_are_those_of_the_checkout(python: Path, tmp_path: Path) -> None:
    script = "from rlvr.resources import prompt_template; print(prompt_template('boxed'))"
    printed = run([python, "-c", script], tmp_path)
    assert printed.stdout == (ROOT / "prompts" / "boxed.txt").read_text()


def test_installed_wheel_grades(python: Path, tmp_path: Path) -> None:
    check: list[str | Path] = [python, "-m", "verifiers", "check", "3 - (3+y)/y = y"]
    right = run([*check, "no real solution"], tmp_path)
    assert right.returncode == 0, right.stderr
    assert "incorrect" not in right.stdout.lower()
    assert "correct" in right.stdout.lower()
    wrong = run([*check, "{1, 3}"], tmp_path)
    assert (wrong.returncode, "incorrect" in wrong.stdout.lower()) == (1, True)
