from __future__ import annotations

import subprocess
import sys

import pytest

from rlvr import cli


def run(monkeypatch, capsys, *arguments: str) -> tuple[int, str, str]:
    """The exit status, and what a user sees on both streams."""
    monkeypatch.setattr(sys, "argv", ["rlvr", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    seen = capsys.readouterr()
    return int(stop.value.code or 0), seen.out, seen.err


@pytest.mark.parametrize("command", ["train", "sft", "eval", "data", "traces"])
def test_every_help_has_an_example(monkeypatch, capsys, command):
    code, out, _ = run(monkeypatch, capsys, command, "--help")
    assert code == 0
    assert f"Example: rlvr {command}" in " ".join(out.split())


def test_dry_run_prints_the_resolved_configuration_and_what_it_takes(monkeypatch, capsys):
    values = ("--preset", "tiny", "--seed", "5", "grpo.steps=40")
    code, out, _ = run(monkeypatch, capsys, "train", "--dry-run", *values)
    assert code == 0
    assert "seed = 5" in out
    assert "steps = 40" in out
    assert "parameters" in out.lower()


def test_an_unknown_key_names_its_neighbour(monkeypatch, capsys, tmp_path):
    code, _, err = run(monkeypatch, capsys, "train", f"runs={tmp_path}", "grpo.step=40")
    assert code == 2
    assert "grpo.steps" in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("override", "told"),
    [("model.path=/no/such/model", "there is no folder /no/such/model"),
     ("model.width=32_768", "this run needs about")],
)  # fmt: skip
def test_what_cannot_run_leaves_no_folder(monkeypatch, capsys, tmp_path, override, told):
    code, _, err = run(monkeypatch, capsys, "train", f"runs={tmp_path}", "sft.steps=0", override)
    assert code == 2
    assert told in " ".join(err.split())
    assert not list(tmp_path.iterdir())


def test_nothing_to_resume(monkeypatch, capsys, tmp_path):
    code, _, err = run(monkeypatch, capsys, "train", "--resume", f"runs={tmp_path}")
    assert code == 2
    assert "nothing to resume" in " ".join(err.split())


def test_data_makes_a_dataset_once(monkeypatch, capsys, tmp_path):
    folder = tmp_path / "equations"
    arguments = ("data", str(folder), "--preset", "smoke")
    code, out, _ = run(monkeypatch, capsys, *arguments)
    assert code == 0
    assert "test" in out
    code, _, err = run(monkeypatch, capsys, *arguments)
    assert code == 2
    assert "exists" in err


def test_sync_has_an_example_and_names_a_folder_that_is_no_run(monkeypatch, capsys, tmp_path):
    code, out, _ = run(monkeypatch, capsys, "traces", "sync", "--help")
    assert code == 0
    assert "Example: rlvr traces sync" in " ".join(out.split())
    code, _, err = run(monkeypatch, capsys, "traces", "sync", str(tmp_path))
    assert code == 2
    assert "is no run" in " ".join(err.split())


def test_traces_of_no_run(monkeypatch, capsys, tmp_path):
    code, _, err = run(monkeypatch, capsys, "traces", str(tmp_path / "nowhere"))
    assert code == 2
    assert "nowhere" in err


def test_traces_in_the_terminal_and_as_pages(monkeypatch, capsys, tmp_path):
    from tests.report.runs import write_run

    run_folder = str(write_run(tmp_path / "tiny", steps=4))
    code, out, _ = run(monkeypatch, capsys, "traces", run_folder, "--picked", "aha")
    assert (code, "step 2" in out, "picked: aha, corrected" in out) == (0, True, True)
    code, _, err = run(monkeypatch, capsys, "traces", run_folder, "--picked", "nice")
    assert (code, "accepted: aha" in " ".join(err.split())) == (2, True)
    pages = str(tmp_path / "pages")
    code, out, err = run(monkeypatch, capsys, "traces", run_folder, "--html", pages, "--jobs", "1")
    assert (code, "index.html" in out) == (0, True), err
    both = str(tmp_path / "both")
    code, out, err = run(
        monkeypatch, capsys, "traces", "compare", run_folder, run_folder, "--html", both
    )
    assert (code, (tmp_path / "both" / "data" / "b" / "index.js").exists()) == (0, True), err
    code, _, err = run(monkeypatch, capsys, "traces", run_folder, "--html", both, "--step", "3")
    assert (code, "leave out --step" in " ".join(err.split())) == (2, True)


def test_traces_start_without_the_heavy_libraries():
    code = (
        "import sys, rlvr.cli, rlvr.report.build, rlvr.trace.terminal\n"
        "assert not {'torch', 'transformers', 'wandb'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_comes_without_importing_torch():
    code = "import sys, rlvr.cli; assert 'torch' not in sys.modules, 'torch'"
    subprocess.run([sys.executable, "-c", code], check=True)
