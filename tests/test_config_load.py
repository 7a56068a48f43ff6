from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.config import Config, DataConfig, ModelConfig, OptimizerConfig, SftConfig
from rlvr.config_keys import parts
from rlvr.config_learn import CispoConfig, ClippedConfig, GspoConfig
from rlvr.config_load import dump_toml, load_config, preset_names


def refused(*overrides: str, preset: str | None = None, path: Path | None = None) -> str:
    with pytest.raises(ValueError, match=r"configuration|preset") as caught:
        load_config(preset, path, overrides)
    assert "pydantic" not in str(caught.value)
    return str(caught.value)


def test_nothing_given_is_the_defaults() -> None:
    assert load_config() == Config()


@pytest.mark.parametrize("preset", preset_names())
def test_presets_load(preset: str) -> None:
    assert load_config(preset).name == preset


def test_tiny_spells_out_every_key() -> None:
    table = tomllib.loads((resources.files("rlvr") / "presets/tiny.toml").read_text())
    resolved = tomllib.loads(dump_toml(load_config("tiny")))

    def missing(there: dict[str, Any], here: dict[str, Any], prefix: str = "") -> list[str]:
        found = [f"{prefix}{key}" for key in there if key not in here]
        for key, value in there.items():
            if isinstance(value, dict) and key in here:
                found += missing(value, here[key], f"{prefix}{key}.")
        return found

    assert missing(resolved, table) == []


def test_later_layers_win_key_by_key(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("seed = 3\n[grpo]\nsteps = 7\n[sft.optimizer]\nlr = 1e-2\n")
    config = load_config("smoke", file, ["grpo.steps=9", "grpo.problems=2", "grpo.problems=5"])
    smoke = load_config("smoke")
    assert (config.seed, config.grpo.steps, config.grpo.problems) == (3, 9, 5)
    assert config.sft.optimizer.lr == 1e-2
    assert config.sft.optimizer.final_lr == smoke.sft.optimizer.final_lr
    assert config.model == smoke.model


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("grpo.steps=40", "grpo.steps", 40),
        (" grpo.steps = 1_000 ", "grpo.steps", 1000),
        ("grpo.surrogate.clip_low=1", "grpo.surrogate.clip_low", 1.0),
        ("grpo.optimizer.lr=3e-5", "grpo.optimizer.lr", 3e-5),
        ("sft.optimizer.betas=[0.8, 0.9]", "sft.optimizer.betas", (0.8, 0.9)),
        ("rollout.engine=vllm", "rollout.engine", "vllm"),
        ('rollout.engine="vllm"', "rollout.engine", "vllm"),
        ("name=2026-11-21", "name", "2026-11-21"),  # a date in TOML, a name to us
        ("name=7", "name", "7"),
        ("model.path=Qwen/Qwen2.5-0.5B", "model.path", "Qwen/Qwen2.5-0.5B"),
        ("model.path=none", "model.path", None),
        ('model.path="none"', "model.path", "none"),
        ("data.path=my data=1", "data.path", Path("my data=1")),
        ("grpo={steps=3}", "grpo.steps", 3),
        ("grpo.surrogate.kind=cispo", "grpo.surrogate", CispoConfig()),
        ("grpo.surrogate=cispo", "grpo.surrogate", CispoConfig()),
        ("grpo.surrogate={kind='cispo', cap=4}", "grpo.surrogate", CispoConfig(cap=4.0)),
        ("grpo.engine_gap=none", "grpo.engine_gap.kind", "none"),
    ],
)
def test_overrides(override: str, key: str, value: object) -> None:
    found: object = load_config("tiny", None, ["data.path=x", "model.path=x", override])
    for part in key.split("."):
        found = getattr(found, part)
    assert found == value
    assert type(found) is type(value)


def test_a_layer_that_names_another_kind_starts_the_part_anew(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[grpo.surrogate]\nclip_low = 0.1\n")
    assert load_config("tiny", file).grpo.surrogate == ClippedConfig(clip_low=0.1)
    # The old kind's clip_low does not become the new kind's, whose scale is another.
    gspo = ["grpo.surrogate.clip_high=5e-4", "grpo.surrogate=gspo"]
    assert load_config("tiny", file, gspo).grpo.surrogate == GspoConfig(clip_high=5e-4)
    cispo = load_config("tiny", file, ["grpo.surrogate=gspo", "grpo.surrogate=cispo"])
    assert cispo.grpo.surrogate == CispoConfig()
    same = load_config("tiny", file, ["grpo.surrogate=clipped", "grpo.surrogate.clip_high=0.3"])
    assert same.grpo.surrogate == ClippedConfig(clip_low=0.1, clip_high=0.3)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("grpo.stepz=40", "grpo.stepz (override grpo.stepz=40): unknown key; did you mean grpo.st"),
        ("grpo=40", "grpo (override grpo=40): is a section, accepts grpo.steps"),
        ("grpo.steps", "override grpo.steps: accepts KEY=VALUE, as grpo.steps=40"),
        ("grpo.steps=", "override grpo.steps=: accepts KEY=VALUE"),
        ("grpo.steps=many", "accepts a whole number, at least 0; got 'many'"),
        ("grpo.steps='40'", "accepts a whole number, at least 0; got '40'"),
        ("grpo.steps=4.0", "accepts a whole number, at least 0; got 4.0"),
        ("grpo.steps=true", "accepts a whole number, at least 0; got True"),
        ("grpo.steps=none", "accepts a whole number, at least 0; got 'none'"),
        ("grpo.steps=2024-01-01", "accepts a whole number"),
        ("grpo.surrogate.clip_low=nan", "accepts a number, at least 0; got nan"),
        ("sft.optimizer.betas=[0.9]", "accepts two numbers from 0 to below 1"),
        ("sft.optimizer.betas=['0.9', '1']", "accepts two numbers from 0 to below 1"),
        ("rollout.dtype=float16", 'accepts one of "float32", "bfloat16"; got \'float16\''),
        ("name='x", "override name='x: not a TOML value"),
        ("seed=1\nname='x'", "accepts a whole number"),  # a line break starts no second key
        ("grpo.clip_low=0.1", "unknown key; did you mean grpo.surrogate.clip_low?"),
        ("grpo.surrogate=clip", 'accepts one of "clipped", "dual_clip", "cispo", "gspo", "re'),
        ("grpo.surrogate.cap=3", 'the kind is "clipped"; kind "clipped" accepts clip_low, clip_'),
        ("grpo.surrogate.cap=3", 'kind "cispo" accepts cap; '),
        ("grpo.surrogate={kind='cispo', cap=0}", "accepts a number, above 0; got 0"),
        ("grpo.engine_gap={kind='token_mask', low=2}", "grpo.engine_gap: a low below 1 and a high"),
        ("model.heads=3", "model: width must be an even multiple of heads"),
    ],
)
def test_refusals_say_what_where_and_what_is_accepted(override: str, words: str) -> None:
    assert words in refused(override)


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("seeed = 1\n[grpo]\ngroup_size = 0\n[grop]\nsteps = 1\n")
    message = refused("eval.pass_at=x", path=file)
    assert message.startswith("4 problems in the configuration:")
    assert f"seeed ({file}): unknown key; did you mean seed?" in message
    assert f"grop ({file}): unknown key; did you mean grpo?" in message
    assert f"grpo.group_size ({file}): accepts a whole number, at least 1; got 0" in message
    assert "eval.pass_at (override eval.pass_at=x): accepts a whole number" in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "no such file" in refused(path=tmp_path / "none.toml").lower()
    assert "directory" in refused(path=tmp_path).lower()
    file = tmp_path / "mine.toml"
    file.write_text("seed = = 1")
    assert f"{file}: not TOML: " in refused(path=file)
    assert "line 1" in refused(path=file)
    file.write_bytes(b"name = '\xff'")
    assert "not UTF-8" in refused(path=file)


def test_an_unknown_preset_names_the_known_ones() -> None:
    message = refused(preset="tinny")
    assert 'unknown preset "tinny"; did you mean tiny?; there are: 2-node, 8xgpu, ' in message
    assert "unknown preset" in refused(preset="../../etc/passwd")


rates = st.floats(min_value=1e-12, max_value=1e3)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(lr=rates, final_lr=rates, beta=st.floats(0, 0.999), path=texts, project=texts)
def test_dump_round_trips(lr: float, final_lr: float, beta: float, path: str, project: str) -> None:
    optimizer = OptimizerConfig(lr=lr, final_lr=final_lr, betas=(beta, 0.5))
    config = Config(
        name="a-b.c_9",
        seed=2**63 - 1,
        runs=Path("/some where/é"),
        data=DataConfig(path=Path(path.replace("\0", ""))),
        model=ModelConfig(path=path),
        sft=SftConfig(optimizer=optimizer),
        trace=Config().trace.model_copy(update={"wandb_project": project}),
    )
    table = tomllib.loads(dump_toml(config))
    assert table["model"]["path"] == path
    assert Config.model_validate(table) == config


def test_a_dumped_file_loads_back_equal(tmp_path: Path) -> None:
    config = load_config("smoke", None, ['model.path=a"b\\c', "seed=5"])
    file = tmp_path / "config.toml"
    file.write_text(dump_toml(config), "utf-8")
    assert load_config(None, file) == config


@pytest.mark.parametrize(
    ("part", "kind"), [(part, kind) for part, kinds in parts().items() for kind in kinds]
)
def test_every_kind_of_every_part_can_be_saved_and_resumed(
    part: str, kind: str, tmp_path: Path
) -> None:
    config = load_config("tiny", None, [f"{part}={kind}"])
    file = tmp_path / "config.toml"
    file.write_text(dump_toml(config), "utf-8")
    assert load_config(None, file) == config
    assert load_config(None, file, [f"{part}={kind}"]) == config
