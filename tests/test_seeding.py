from __future__ import annotations

import subprocess
import sys

import pytest

from rlvr.seeding import derive_seed

PARTS = (7, 12, "linear-000031", 3)


def test_is_the_same_in_every_process_and_release() -> None:
    # Pinned: another value would give every old run other completions.
    assert derive_seed(*PARTS) == 4767019525612949530
    code = f"from rlvr.seeding import derive_seed; print(derive_seed(*{PARTS!r}))"
    for hash_seed in ("1", "2"):
        result = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(result.stdout) == derive_seed(*PARTS)


def test_parts_are_told_apart() -> None:
    parts: list[tuple[int | str, ...]] = [
        ("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), (1,), ("1",), (-1,), (1, 0), (10,), (0, 1),
        ("\ud800",), (2**80,),
    ]  # fmt: skip
    assert len({derive_seed(*part) for part in parts}) == len(parts)


def test_uses_all_of_its_63_bits() -> None:
    seeds = [derive_seed(0, step, index) for step in range(100) for index in range(100)]
    assert len(set(seeds)) == 10_000
    for bit in range(63):
        share = sum(seed >> bit & 1 for seed in seeds) / 10_000
        assert 0.45 < share < 0.55, bit
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("parts", [(), (True,), (1.0,), (None,), (b"a",)])
def test_refuses_other_types(parts: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="whole number"):
        derive_seed(*parts)  # type: ignore[arg-type]
