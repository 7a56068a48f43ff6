from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rlvr.checkpoint import (
    MANIFEST,
    STATE,
    DamagedCheckpointError,
    checkpoint_name,
    checkpoints,
    latest_checkpoint,
    load_state,
    save_checkpoint,
)
from rlvr.rng import rng_state, seed_all, set_rng_state


def write_model(folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"w" * 5000)


def save(folder: Path, step: int, keep: int = 2, **state: Any) -> Path:
    return save_checkpoint(
        folder, checkpoint_name("grpo", step), {"step": step, **state}, write_model, keep
    )


def in_child(work: Callable[[], None]) -> int:
    """The wait status of a forked process that does the work."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def test_names_sort_in_the_order_of_a_run() -> None:
    names = [checkpoint_name("sft", 9), checkpoint_name("sft", 600), checkpoint_name("grpo", 20)]
    assert names == ["1-sft-000009", "1-sft-000600", "2-grpo-000020"] == sorted(names)


def test_state_comes_back_bit_for_bit(tmp_path: Path) -> None:
    nan = torch.tensor([0x7FC12345, -1], dtype=torch.int32).view(torch.float32)  # odd NaNs
    state: Mapping[str, Any] = {
        "tensors": [nan, torch.tensor([-0.0, 1e-45]), torch.randn(3).bfloat16(), torch.empty(0)],
        "nested": {"a": (1, 2.5, None, True, "é\n"), 0: OrderedDict(b=2**62)},
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "tiny": 5e-324,
    }
    found = load_state(save_checkpoint(tmp_path, "one", state, write_model))
    for before, after in zip(state["tensors"], found["tensors"], strict=True):
        assert before.dtype == after.dtype
        assert torch.equal(before.view(torch.uint8), after.view(torch.uint8))
    assert found["nested"] == state["nested"]
    assert torch.equal(found["parameter"], state["parameter"])
    assert found["tiny"] == 5e-324


def test_training_goes_on_as_if_uninterrupted(tmp_path: Path) -> None:
    def step(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        noise = torch.randn(16, 4) + float(np.random.rand())
        loss: Any = torch.nn.functional.dropout(model(noise), 0.5).square().sum()
        loss.backward()
        optimizer.step()

    def build() -> tuple[torch.nn.Module, torch.optim.Optimizer]:
        model = torch.nn.Linear(4, 4)
        return model, torch.optim.AdamW(model.parameters(), lr=0.1)

    seed_all(3)
    model, optimizer = build()
    for _ in range(3):
        step(model, optimizer)
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "rng": rng_state()}
    path = save_checkpoint(tmp_path, "one", state, write_model)
    for _ in range(3):
        step(model, optimizer)

    seed_all(99)
    resumed, resumed_optimizer = build()
    found = load_state(path)
    resumed.load_state_dict(found["model"])
    resumed_optimizer.load_state_dict(found["optimizer"])
    set_rng_state(found["rng"])
    for _ in range(3):
        step(resumed, resumed_optimizer)
    assert torch.equal(model.weight, resumed.weight)  # type: ignore[arg-type]
    assert torch.equal(model.bias, resumed.bias)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [0, {1, 2}]}, r"state\['x'\]\['a'\]\[1\] is a builtins.set"),
        (np.float64(1.0), r"state\['x'\] is a numpy.float64"),
        (Path("x"), "pathlib"),
        ({("a", 1): 1}, "a key is a tuple"),
        (print, "builtin_function"),
    ],
)
def test_what_could_not_be_read_back_is_refused_at_once(
    tmp_path: Path, value: object, where: str
) -> None:
    with pytest.raises(ValueError, match=where):
        save(tmp_path / "checkpoints", 1, x=value)
    assert checkpoints(tmp_path / "checkpoints") == []


def test_a_file_that_would_run_code_does_not(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "harm"),)

    path = save(tmp_path / "checkpoints", 1)
    torch.save({"x": Harm()}, path / STATE)
    manifest = json.loads((path / MANIFEST).read_text())
    data = (path / STATE).read_bytes()
    manifest["files"][STATE] = {
        "size": len(data),
        "blake2b": hashlib.blake2b(data, digest_size=16).hexdigest(),
    }
    (path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(pickle.UnpicklingError, match="Weights only"):
        load_state(path)
    assert not (tmp_path / "harm").exists()


def test_the_last_ones_are_kept_and_the_newest_is_latest(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "checkpoints"
    assert latest_checkpoint(folder) is None
    for step in range(5):
        save(folder, step, keep=3)
    assert [path.name for path in checkpoints(folder)] == [
        checkpoint_name("grpo", step) for step in (2, 3, 4)
    ]
    latest = latest_checkpoint(folder)
    assert latest is not None
    assert load_state(latest)["step"] == 4


def test_an_older_name_is_refused(tmp_path: Path) -> None:
    save(tmp_path, 5)
    with pytest.raises(ValueError, match="would sort before"):
        save(tmp_path, 4)


def test_the_same_name_again_keeps_the_intact_one(tmp_path: Path) -> None:
    path = save(tmp_path, 5)
    written = (path / MANIFEST).stat().st_mtime_ns
    assert save(tmp_path, 5) == path
    assert (path / MANIFEST).stat().st_mtime_ns == written
    (path / STATE).write_bytes(b"")
    save(tmp_path, 5)
    assert load_state(path)["step"] == 5


def truncate(path: Path) -> None:
    os.truncate(path / "model.safetensors", 1000)


def flip(path: Path) -> None:
    data = bytearray((path / STATE).read_bytes())
    data[len(data) // 2] ^= 1
    (path / STATE).write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (truncate, "model.safetensors has 1,000 bytes, 5,000 were written"),
        (flip, f"{STATE} has other bytes than were written"),
        (lambda path: (path / "config.json").unlink(), "config.json cannot be read"),
        (lambda path: (path / MANIFEST).unlink(), f"{MANIFEST} cannot be read"),
        (lambda path: os.truncate(path / MANIFEST, 20), f"{MANIFEST} cannot be read"),
        (lambda path: (path / MANIFEST).write_text("[]"), f"{MANIFEST} cannot be read"),
        (lambda path: (path / MANIFEST).write_text('{"files": {}}'), "does not list"),
    ],
)
def test_damage_is_named_with_a_way_on(
    tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    paths = [save(tmp_path, step, keep=3) for step in (1, 2, 3)]
    damage(paths[2])
    with pytest.raises(DamagedCheckpointError) as caught:
        load_state(paths[2])
    assert words in str(caught.value)
    assert f"newest intact one before it, {paths[1].name}, remove {paths[2]}" in str(caught.value)
    truncate(paths[1])
    with pytest.raises(DamagedCheckpointError, match=f"intact one before it, {paths[0].name}"):
        load_state(paths[2])
    truncate(paths[0])
    with pytest.raises(DamagedCheckpointError, match="no intact one before it"):
        load_state(paths[2])


OPERATIONS = {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree"}


def test_killed_at_any_file_operation_leaves_only_whole_checkpoints(tmp_path: Path) -> None:
    """SIGKILL at the first, second, ... operation on a file, until a save gets through."""

    def save_until(limit: int, folder: Path) -> None:
        done = 0

        def count(event: str, args: tuple[Any, ...]) -> None:
            nonlocal done
            if event in OPERATIONS:
                done += 1
                if done == limit:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        save(folder, 3, weights=torch.ones(1000))

    seen = set()
    for limit in range(1, 200):
        folder = tmp_path / str(limit)
        for step in (1, 2):
            save(folder, step)
        status = in_child(partial(save_until, limit, folder))
        latest = latest_checkpoint(folder)
        assert latest is not None
        step = load_state(latest)["step"]
        seen.add(step)
        assert latest.name == checkpoint_name("grpo", step)
        assert len(checkpoints(folder)) >= 2
        assert [load_state(path)["step"] for path in checkpoints(folder)][-2:] == [step - 1, step]
        save(folder, 4)  # what was left lying about is removed, and does no harm
        assert len(list(folder.iterdir())) == 2
        if status == 0:
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert limit > 10
    assert seen == {2, 3}


def test_a_full_disk_is_said_and_harms_nothing(tmp_path: Path) -> None:
    save(tmp_path, 1)

    def write_to_full_disk(folder: Path) -> None:
        with Path("/dev/full").open("wb") as file:
            file.write(b"w")

    with pytest.raises(OSError, match="no space left on the disk for checkpoint two") as caught:
        save_checkpoint(tmp_path, "two", {"step": 2}, write_to_full_disk)
    assert caught.value.errno == errno.ENOSPC
    assert f"{checkpoint_name('grpo', 1)} and all before it are intact" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint_name("grpo", 1)]
    assert load_state(tmp_path / checkpoint_name("grpo", 1))["step"] == 1


def test_a_full_disk_inside_torch_is_seen_too(tmp_path: Path) -> None:
    """torch raises a RuntimeError of its own; a limit on file sizes stands in for the disk."""

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            save(tmp_path / "checkpoints", 1, weights=torch.ones(100_000))
        except OSError as error:
            (tmp_path / "said").write_text(str(error))

    assert in_child(work) == 0
    assert "no space left on the disk" in (tmp_path / "said").read_text()
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_other_errors_of_the_model_saver_pass_through(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        write_model(folder)
        raise RuntimeError("no such layer")

    with pytest.raises(RuntimeError, match="no such layer"):
        save_checkpoint(tmp_path, "one", {}, fail)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_a_model_of_the_hub(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(
        vocab_size=20,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=16,
    )
    model_class: Any = Qwen2ForCausalLM
    model = model_class(config)
    path = save_checkpoint(tmp_path, "one", {"step": 1}, model.save_pretrained)
    loaded = AutoModelForCausalLM.from_pretrained(path)
    ids = torch.tensor([[1, 2, 3]])
    assert torch.equal(loaded(ids).logits, model.eval()(ids).logits)
