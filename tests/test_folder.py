import pytest

from rlvr.config import Config
from rlvr.config_load import load_config
from rlvr.folder import RunFolder, new_run, newest_run, open_run, saved_config, write_json


def test_a_second_run_of_a_name_gets_a_number(tmp_path):
    config = Config(name="tiny", runs=tmp_path)
    names = [new_run(config).path.name for _ in range(3)]
    assert names == ["tiny", "tiny-2", "tiny-3"]
    assert newest_run(config).path.name == "tiny-3"


def test_the_tenth_run_is_newer_than_the_ninth(tmp_path):
    config = Config(name="tiny", runs=tmp_path)
    for _ in range(10):
        new_run(config)
    assert newest_run(config).path.name == "tiny-10"


def test_the_saved_configuration_is_the_configuration(tmp_path):
    config = Config(name="tiny", runs=tmp_path, seed=7)
    assert saved_config(new_run(config)) == config


def test_a_resume_takes_the_same_values_and_no_others(tmp_path):
    config = Config(name="tiny", runs=tmp_path, seed=7)
    folder = new_run(config)
    assert saved_config(folder, ["seed=7", f"runs={tmp_path}"]) == config
    with pytest.raises(ValueError, match="'seed=8' is not in it"):
        saved_config(folder, ["seed=7", "seed=8"])


def test_a_resume_may_write_its_completions_elsewhere(tmp_path):
    config = Config(name="tiny", runs=tmp_path, seed=7)
    folder = new_run(config)
    url = "http://10.0.0.2:8000"
    moved = saved_config(
        folder, ["seed=7", "rollout.topology=server", f"rollout.server.urls=['{url}']"]
    )
    assert moved.rollout.server.urls == (url,)
    assert moved.model_copy(update={"rollout": config.rollout}) == config
    with pytest.raises(ValueError, match=r"'rollout\.temperature=0\.5' is not in it"):
        saved_config(folder, ["rollout.topology=server", "rollout.temperature=0.5"])


def test_nothing_to_resume_says_what_to_do(tmp_path):
    (tmp_path / "tiny-other").mkdir()
    with pytest.raises(ValueError, match="nothing to resume"):
        newest_run(Config(name="tiny", runs=tmp_path))


def test_a_small_file_is_written_whole(tmp_path):
    path = tmp_path / "deep" / "summary.json"
    write_json(path, {"a": 1})
    write_json(path, {"a": "√"})
    assert path.read_text() == '{\n  "a": "√"\n}\n'
    assert [p.name for p in path.parent.iterdir()] == ["summary.json"]


def test_the_parts_of_a_run_lie_in_its_folder(tmp_path):
    run = RunFolder(tmp_path)
    for path in (run.config, run.data, run.checkpoints, run.summary, run.model("sft")):
        assert path.is_relative_to(tmp_path)


def test_a_restart_goes_on_with_the_run_of_its_own_launch(tmp_path, monkeypatch):
    config = load_config("smoke", None, [f"runs={tmp_path}"])
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "mine")
    first, _, is_resumed = open_run(config, resume=False, overrides=[])
    assert not is_resumed
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "another")
    assert open_run(config, resume=False, overrides=[])[0].path == tmp_path / "smoke-2"
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "mine")
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    assert open_run(config, resume=False, overrides=[]) == (first, config, True)
    # Killed before there was a folder, it begins.
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "late")
    folder, _, is_resumed = open_run(config, resume=False, overrides=[])
    assert (folder.path, is_resumed) == (tmp_path / "smoke-3", False)


def test_outside_torchrun_nothing_is_noted_of_a_launch(tmp_path):
    config = load_config("smoke", None, [f"runs={tmp_path}"])
    folder, _, _ = open_run(config, resume=False, overrides=[])
    assert [path.name for path in folder.path.iterdir()] == ["config.toml"]
    assert open_run(config, resume=True, overrides=[]) == (folder, config, True)
