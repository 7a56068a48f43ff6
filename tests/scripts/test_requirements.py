"""requirements/: the lock files pin all that pyproject.toml asks for, and name no machine."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.scripts.conftest import ROOT

LOCKS = ["cpu", "cuda"]


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / f"requirements/{lock}.txt").read_text().splitlines()
    found = [re.match(r"([a-z0-9._-]+)==(\S+)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def asked() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    requirements = [
        *project["dependencies"],
        *(name for extra in extras.values() for name in extra),
    ]
    names = {re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements}
    return {name[0] for name in names if name}


@pytest.mark.parametrize("lock", LOCKS)
def test_all_that_is_asked_for_is_pinned(lock: str) -> None:
    assert asked() - pins(lock).keys() == set()


@pytest.mark.parametrize("lock", [*LOCKS, "trl"])
def test_the_versions_asked_for_by_hand_are_the_pinned_ones(lock: str) -> None:
    lines = (ROOT / f"requirements/{lock}.in").read_text().splitlines()
    wanted = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert wanted.items() <= pins(lock).items()


def test_builds_for_cuda_stay_out_of_the_cpu_lock() -> None:
    names = pins("cpu").keys()
    assert not {"torchvision", "torchaudio", "torchcodec"} & names
    assert not [name for name in names if name.startswith("nvidia")]


def test_builds_for_the_cpu_stay_out_of_the_cuda_lock() -> None:
    assert "+cpu" not in (ROOT / "requirements/cuda.txt").read_text()


@pytest.mark.parametrize("lock", [*LOCKS, "trl"])
def test_no_index_and_no_folder_of_a_machine_is_named(lock: str) -> None:
    text = (ROOT / f"requirements/{lock}.txt").read_text()
    paths = re.findall(r"[^\s,;]*/[^\s,;]*", text)
    assert set(paths) <= {f"requirements/{lock}.in", "scripts/lock.sh"}
    assert not re.findall(r"^\s*-", text, flags=re.MULTILINE)
