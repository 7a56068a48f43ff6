from dataclasses import replace

import pytest

from rlvr.data.tasks import LeftOut
from rlvr.evals.settings import digest_model, digest_rows, from_json, to_json, usual
from tests.evals.make import make_settings


def test_there_and_back(tmp_path):
    left_out = [LeftOut(id="a", reason="r", evidence="e")]
    content = to_json(make_settings(), left_out)
    assert from_json(content, tmp_path) == (make_settings(), left_out)
    with pytest.raises(ValueError, match="holds no settings"):
        from_json({**content, "more": 1}, tmp_path)


def test_what_lies_elsewhere_is_the_same_and_what_counts_is_not():
    settings = make_settings()
    assert settings.differences(replace(settings, model="/other", data="/moved")) == []
    other = replace(settings, temperature=0.5, data_digest="9")
    assert settings.differences(other) == ["temperature: 1.0, not 0.5", "data_digest: 2, not 9"]


def test_the_digest_of_a_model_is_that_of_its_files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(b"weights")
        (tmp_path / name / "training_state.pt").write_bytes(name.encode())  # no part of the model
    first = digest_model(str(tmp_path / "a"))
    assert first == digest_model(str(tmp_path / "b"))
    (tmp_path / "b" / "model.safetensors").write_bytes(b"weightz")
    assert first != digest_model(str(tmp_path / "b"))


def test_the_digest_of_rows():
    assert digest_rows([{"a": 1, "b": 2}]) == digest_rows([{"b": 2, "a": 1}])
    assert digest_rows([{"a": 1}, {"b": 2}]) != digest_rows([{"b": 2}, {"a": 1}])


def test_a_model_of_a_run_is_asked_as_it_was_trained(tmp_path):
    model = tmp_path / "models" / "final"
    model.mkdir(parents=True)
    assert usual(str(model)) == ("boxed", 1024, True, ())
    (tmp_path / "config.toml").write_text(
        '[model]\nprompt_template = "bare"\n[rollout]\nmax_new_tokens = 99\n'
    )
    assert usual(str(model)) == ("bare", 99, True, ())
    assert usual("owner/name") == ("boxed", 1024, True, ())
    (tmp_path / "config.toml").write_text(
        '[model]\nprompt_template = "r1"\nchat_template = false\n'
        '[rollout]\nmax_new_tokens = 99\nstop = ["</answer>"]\n'
    )
    assert usual(str(model)) == ("r1", 99, False, ("</answer>",))
    for content in ("[trace]\nreport = True\n", "[model]\n"):
        (tmp_path / "config.toml").write_text(content)
        with pytest.raises(ValueError, match="give --template and --max-new-tokens"):
            usual(str(model))
