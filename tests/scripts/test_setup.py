"""scripts/setup.sh: what it runs, what it skips, and what it says when a step fails."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.scripts.conftest import ROOT, Checkout
from tests.waiting import LIMIT

SETUP = "scripts/setup.sh"
UV = "uv pip install --python .venv/bin/python --quiet"
TORCH = next(
    line
    for line in (ROOT / "requirements/cpu.in").read_text().splitlines()
    if line.startswith("torch==")
)


def test_first_run_installs_and_second_run_does_nothing(checkout: Checkout) -> None:
    first = checkout.run(SETUP, "train")
    assert first.returncode == 0, first.stderr
    assert checkout.commands() == [
        "python -c import ensurepip, venv",
        "python -m venv .venv",
        "python -m pip install -qq -r requirements/uv.txt",
        "python -m pip config list",
        "python scripts/uv_env.py cpu",
        f"{UV} --no-deps {TORCH}",
        f"{UV} --constraints requirements/cpu.txt --build-constraints requirements/cpu.txt"
        " --override requirements/overrides.txt"
        " --requirements requirements/cpu.in --editable .[train]",
        "python -c import rlvr, torch, transformers, verifiers, vllm",
    ]
    second = checkout.run(SETUP, "train")
    assert (second.returncode, second.stderr) == (0, "")
    assert checkout.commands() == []


def test_with_a_gpu_the_index_has_the_right_torch(checkout: Checkout) -> None:
    assert checkout.run(SETUP, RLVR_ACCELERATOR="cuda").returncode == 0
    installs = [line for line in checkout.commands() if line.startswith("uv")]
    assert installs == [
        f"{UV} --constraints requirements/cuda.txt --build-constraints requirements/cuda.txt"
        " --requirements requirements/cuda.in --editable .[train]"
    ]


def test_works_from_another_directory(checkout: Checkout, tmp_path: Path) -> None:
    assert checkout.run(SETUP, cwd=tmp_path).returncode == 0
    assert (checkout.path / ".venv").is_dir()
    assert not (tmp_path / ".venv").exists()


def test_the_test_extra_goes_on_top_and_serves_training_too(checkout: Checkout) -> None:
    checkout.run(SETUP, "train")
    checkout.commands()
    checkout.run(SETUP, "test")
    commands = checkout.commands()
    assert not any("-m venv" in line for line in commands)
    assert any(line.endswith(".[train,test]") for line in commands)
    checkout.run(SETUP, "train")
    assert checkout.commands() == []


def test_a_new_lock_file_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    checkout.run(SETUP)
    checkout.commands()
    with (checkout.path / "requirements/cpu.txt").open("a") as lock:
        lock.write("another==1.0\n")
    checkout.run(SETUP)
    commands = checkout.commands()
    assert any(line.endswith(".[train]") for line in commands)
    assert not any("-m venv" in line for line in commands)


@pytest.mark.parametrize("change", ["version", "accelerator", "moved", "gone"])
def test_another_python_or_place_needs_a_new_environment(checkout: Checkout, change: str) -> None:
    checkout.run(SETUP)
    checkout.commands()
    if change == "moved":
        checkout.path = checkout.path.rename(checkout.path.with_name("moved"))
    if change == "gone":
        (checkout.path / ".venv/bin/python").unlink()
    if change == "version":
        checkout.environment |= {"PYTHON": "python3", "STUB_VERSION": "3.12"}
    if change == "accelerator":
        checkout.environment["RLVR_ACCELERATOR"] = "cuda"
    result = checkout.run(SETUP)
    assert result.returncode == 0, result.stderr
    assert "python -m venv .venv" in checkout.commands()


@pytest.mark.parametrize("version", ["2.7", "3.10", "3.14"])
def test_wrong_python(checkout: Checkout, version: str) -> None:
    result = checkout.run(SETUP, PYTHON="python3", STUB_VERSION=version)
    assert result.returncode == 1
    assert f"is {version};" in result.stderr
    assert "Accepted: 3.11, 3.12 or 3.13. Choose one with PYTHON" in result.stderr


def test_python_that_is_not_there(checkout: Checkout) -> None:
    result = checkout.run(SETUP, PYTHON="/nowhere/python3")
    assert result.returncode == 1
    assert "/nowhere/python3 cannot be run" in result.stderr


def test_without_PYTHON_the_first_that_will_do_is_taken(  # noqa: N802
    checkout: Checkout, tmp_path: Path
) -> None:
    stub = ROOT / "tests/scripts/stubs/python3"
    for name, version in {"python3": "3.9", "python3.12": "3.12"}.items():
        wrapper = tmp_path / name
        wrapper.write_text(f'#!/bin/sh\nSTUB_VERSION={version} exec "{stub}" "$@"\n')
        wrapper.chmod(0o755)
    result = checkout.run(SETUP, PATH=f"{tmp_path}:{checkout.environment['PATH']}")
    assert result.returncode == 0, result.stderr
    assert "Python 3.12, cpu" in result.stderr


@pytest.mark.parametrize(
    ("part", "step", "advice"),
    [
        ("import ensurepip", "making .venv", "python3.11-venv"),
        ("pip install -qq", "installing uv", "Is the package index reachable?"),
        (TORCH, "from PyTorch's own index", "Name a folder or page that has it"),
        ("--editable", "installing the packages", "Is the package index reachable?"),
        ("import rlvr", "checking what was installed", "Run again with a fresh environment"),
    ],
)
def test_a_failing_step_is_named_and_the_next_run_starts_afresh(
    checkout: Checkout, part: str, step: str, advice: str
) -> None:
    failed = checkout.run(SETUP, STUB_FAIL=part)
    assert failed.returncode == 1
    assert "FAILED while" in failed.stderr
    assert step in failed.stderr
    assert advice in failed.stderr
    checkout.commands()
    assert checkout.run(SETUP).returncode == 0
    assert "python -m venv .venv" in checkout.commands()


def test_no_disk_space(checkout: Checkout, tmp_path: Path) -> None:
    df = tmp_path / "df"
    df.write_text("#!/bin/sh\nprintf 'header\\ndisk 1 1 2000000 1 /\\n'\n")
    df.chmod(0o755)
    result = checkout.run(SETUP, PATH=f"{tmp_path}:{checkout.environment['PATH']}")
    assert result.returncode == 1
    assert "too little disk space" in result.stderr
    assert "About 6 GB are needed." in result.stderr
    assert "has 2 GB free" in result.stderr


def test_an_environment_of_somebody_else_is_left_alone(checkout: Checkout) -> None:
    theirs = checkout.path / ".venv" / "pyvenv.cfg"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    result = checkout.run(SETUP)
    assert result.returncode == 1
    assert "was not made by this script" in result.stderr
    assert theirs.read_text() == "theirs"


def test_torch_falls_back_to_its_own_index(checkout: Checkout) -> None:
    uv = "uv pip install"
    result = checkout.run(SETUP, TORCH_CPU_INDEX="file:///mirror", STUB_FAIL=f"--no-deps {TORCH}")
    assert result.returncode == 0, result.stderr
    tries = [line for line in checkout.commands() if line.startswith(uv) and "--no-deps" in line]
    assert tries == [
        f"{UV} --no-deps {TORCH}",
        f"{UV} --no-deps --default-index file:///mirror {TORCH}",
    ]


@pytest.mark.parametrize("name", ["extra", "accelerator"])
def test_wrong_settings_list_what_is_accepted(checkout: Checkout, name: str) -> None:
    extra, accelerator = ("all", "cpu") if name == "extra" else ("train", "tpu")
    result = checkout.run(SETUP, extra, RLVR_ACCELERATOR=accelerator)
    assert result.returncode == 1
    assert "Accepted: " in result.stderr
    assert checkout.commands() == []


def test_interrupted_it_says_how_to_go_on(checkout: Checkout) -> None:
    process = checkout.popen(SETUP, STUB_SLEEP="600")
    while "uv pip" not in checkout.log.read_text():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert f"interrupted while installing {TORCH}; run the same command again" in stderr
    checkout.commands()
    assert checkout.run(SETUP).returncode == 0
    assert "python -m venv .venv" in checkout.commands()


@pytest.mark.skipif(shutil.which("flock") is None, reason="no flock on this machine")
def test_two_at_once_take_turns(checkout: Checkout) -> None:
    with (checkout.path / SETUP).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = checkout.popen(SETUP)
        assert process.stderr is not None
        assert "another set-up of this checkout is running" in process.stderr.readline()
        assert checkout.commands() == []
    _, stderr = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, stderr


def test_dry_run_prints_the_commands_and_makes_nothing(checkout: Checkout) -> None:
    result = checkout.run(SETUP, "test", RLVR_SETUP_DRY_RUN="1")
    assert result.returncode == 0
    assert " -m venv " in result.stdout
    assert f"--no-deps {TORCH}" in result.stdout
    assert "requirements/cpu.txt" in result.stdout
    assert not (checkout.path / ".venv").exists()


def path_without_chromium(folder: Path) -> str:
    """All commands of this machine but browsers, the stubs first."""
    folder.mkdir()
    for place in ("/usr/local/bin", "/usr/bin", "/bin"):
        for command in Path(place).glob("*"):
            if "chrom" not in command.name and not (folder / command.name).is_symlink():
                (folder / command.name).symlink_to(command)
    (folder / "apt-get").unlink(missing_ok=True)
    return f"{ROOT / 'tests/scripts/stubs'}:{folder}"


def test_a_chromium_is_installed_for_the_tests_by_root(checkout: Checkout, tmp_path: Path) -> None:
    without = {"PATH": path_without_chromium(tmp_path / "bin"), "RLVR_CHROMIUM": ""}
    lacking = checkout.run(SETUP, "test", **without)
    assert lacking.returncode == 0, lacking.stderr
    assert "no Chromium found: the tests of the report's pages will be skipped" in lacking.stderr
    apt = tmp_path / "bin" / "apt-get"
    apt.write_text('#!/bin/sh\necho "apt-get $*" >>"$STUB_LOG"\n')
    apt.chmod(0o755)
    shutil.rmtree(checkout.path / ".venv")
    checkout.commands()
    assert checkout.run(SETUP, "test", **without).returncode == 0
    asked = [line for line in checkout.commands() if line.startswith("apt-get")]
    expected = ["apt-get update", "apt-get install -y --no-install-recommends chromium"]
    assert asked == (expected if os.geteuid() == 0 else [])


def test_training_needs_no_chromium(checkout: Checkout, tmp_path: Path) -> None:
    without = {"PATH": path_without_chromium(tmp_path / "bin"), "RLVR_CHROMIUM": ""}
    assert "Chromium" not in checkout.run(SETUP, "train", **without).stderr
