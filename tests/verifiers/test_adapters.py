"""The adapters, called as the trainers call them: TRL 1.16, verl 0.9.1, OpenRLHF 0.11.2."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import logging
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from verifiers.adapters import datasets as datasets_adapter
from verifiers.adapters import openrlhf, trl, verl
from verifiers.adapters.datasets import add_verdicts
from verifiers.adapters.openrlhf import reward_func
from verifiers.adapters.trl import equation_reward
from verifiers.adapters.verl import compute_score

EQUATION = "6 - (6+x)/x = x"
RIGHT, WRONG = r"Hence \boxed{2, 3}.", r"Hence \boxed{2}."
UNDECIDABLE = {"gold": "see the figure"}


# TRL: GRPOTrainer calls with keywords only, a list a column, and things of its own


def trl_call(inputs: list[dict[str, Any]], completions: list[Any], **own: Any) -> list[Any]:
    keys = [key for key in inputs[0] if key not in ["prompt", "completion", "completion_ids"]]
    columns: dict[str, Any] = {key: [example[key] for example in inputs] for key in keys}
    columns["trainer_state"] = object()
    columns["log_extra"] = lambda column, values: None
    columns["log_metric"] = own.get("log_metric", lambda name, value: None)
    prompts = [example["prompt"] for example in inputs]
    ids = [[1, 2] for _ in completions]
    rewards = equation_reward(
        prompts=prompts, completions=completions, completion_ids=ids, **columns
    )
    assert len(rewards) == len(prompts)
    return rewards


def test_trl_plain() -> None:
    inputs = [{"prompt": "Solve", "equation": EQUATION, "source": "ours"}] * 3
    assert trl_call(inputs, [RIGHT, WRONG, "no box"]) == [1.0, 0.0, 0.0]


def test_trl_conversational() -> None:
    inputs = [{"prompt": [{"role": "user", "content": "Solve"}], "gold": "2, 3"}] * 2
    completions = [[{"role": "assistant", "content": text}] for text in (RIGHT, WRONG)]
    assert trl_call(inputs, completions) == [1.0, 0.0]
    with_tools = [
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": r"\boxed{7}"},
        {"role": "assistant", "content": [{"type": "text", "text": RIGHT}]},
    ]
    assert trl_call(inputs[:1], [with_tools]) == [1.0]


def test_trl_columns_differ_by_row_and_have_gaps() -> None:
    inputs = [
        {"prompt": "", "equation": "a x = 4", "gold": None, "params": {"a": "a = 2", "b": None},
         "ask": None},
        {"prompt": "", "equation": None, "gold": "2", "params": None, "ask": None},
        {"prompt": "", "equation": "x^2 = 4", "gold": "±2", "params": None, "ask": "count"},
    ]  # fmt: skip
    assert trl_call(inputs, [r"\boxed{2}"] * 3) == [1.0, 1.0, 1.0]


def test_trl_undecided_is_none_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    metrics: dict[str, float] = {}
    inputs = [{"prompt": "", **UNDECIDABLE}, {"prompt": "", "gold": "2, 3"}]
    with caplog.at_level(logging.WARNING, "verifiers"):
        rewards = trl_call(inputs, [RIGHT, RIGHT], log_metric=metrics.__setitem__)
    assert rewards == [None, 1.0]
    assert metrics == {"equation_reward/undecided": 0.5}
    assert "1 of 2 answers are undecided" in caplog.text


def test_trl_without_a_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column to judge by; accepted: one of equation"):
        trl_call([{"prompt": "", "solution": "2"}], [RIGHT])


def test_trl_names_it_and_takes_it_for_synchronous() -> None:
    assert equation_reward.__name__ == "equation_reward"
    assert not inspect.iscoroutinefunction(equation_reward)


# verl: loads by path, merges reward_kwargs, calls with keywords from a thread of its event loop


def verl_call(ground_truth: Any, solution: str, extra_info: Any = None, **kwargs: Any) -> Any:
    raw = partial(load(verl.__file__, "compute_score"), **kwargs)

    async def run_single() -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            None,
            lambda: raw(
                data_source="ours",
                solution_str=solution,
                ground_truth=ground_truth,
                extra_info=extra_info,
            ),
        )

    return asyncio.run(run_single())


def load(file: str | None, name: str) -> Any:
    """An object of a file that is named by its path, as trainers load it."""
    assert file is not None
    spec = importlib.util.spec_from_file_location("custom_module", Path(file))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


@pytest.mark.parametrize(
    ("ground_truth", "solution", "score"),
    [
        ("2, 3", RIGHT, 1.0),
        ("{2, 3}", RIGHT, 1.0),
        ("2, 3", WRONG, 0.0),
        ({"equation": EQUATION}, RIGHT, 1.0),
        ({"equation": EQUATION, "ask": "sum", "params": {}}, r"\boxed{5}", 1.0),
        (json.dumps({"equation": EQUATION}), RIGHT, 1.0),
        ({"problem": f"Solve ${EQUATION}$ for $x$."}, RIGHT, 1.0),
        (5, r"\boxed{5}", 1.0),
        ("2, 3", "2, 3", 0.0),
    ],
)
def test_verl(ground_truth: Any, solution: str, score: float) -> None:
    result = verl_call(ground_truth, solution, {"num_turns": None, "rollout_reward_scores": {}})
    assert result["score"] == result["acc"] == score
    assert result["undecided"] == 0.0


def test_verl_undecided_is_counted_and_its_score_is_set_by_hand() -> None:
    for ground_truth in ("see the figure", None, [1], {"equation": "x +"}, {}):
        result = verl_call(ground_truth, RIGHT, undecided_score=-0.5)
        assert (result["score"], result["acc"], result["undecided"]) == (-0.5, 0.0, 1.0)
    assert compute_score("ours", RIGHT, "?")["score"] == 0.0


def test_verl_results_have_equal_keys() -> None:
    # verl makes a column of each key
    results = [compute_score("ours", RIGHT, truth) for truth in ("2, 3", "2", "?")]
    assert {tuple(result) for result in results} == {("score", "acc", "undecided", "reason")}


# OpenRLHF: loads `reward_func` by path, calls it from threads with lists of one


def openrlhf_call(queries: list[str], prompts: list[str], labels: list[Any]) -> list[Any]:
    function = load(openrlhf.__file__, "reward_func")

    async def fetch() -> list[Any]:
        tasks = [
            asyncio.to_thread(function, queries[at : at + 1], prompts[at : at + 1],
                              labels[at : at + 1])
            for at in range(len(queries))
        ]  # fmt: skip
        return await asyncio.gather(*tasks)

    return asyncio.run(fetch())


def test_openrlhf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    prompt = r"<|user|>Solve it. Put the answer into \boxed{}.<|assistant|>"
    queries = [prompt + RIGHT + "<|end|>", "<s>" + prompt + WRONG, prompt + RIGHT, RIGHT]
    labels = ["2, 3", json.dumps({"equation": EQUATION}), "?", "2, 3"]
    results = openrlhf_call(queries, [prompt] * 4, labels)
    assert [result["rewards"] for result in results] == [[1.0], [0.0], [0.0], [0.0]]
    assert [result["scores"] for result in results] == [result["rewards"] for result in results]
    undecided = [result["extra_logs"]["undecided"] for result in results]
    assert undecided == [[0.0], [0.0], [1.0], [1.0]]  # the prompt is not in the last query


def test_openrlhf_gives_tensors_where_torch_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Torch:
        tensor = staticmethod(lambda values: ("tensor", values))

    monkeypatch.setitem(sys.modules, "torch", Torch)  # type: ignore[arg-type]
    result = reward_func(queries=[RIGHT], prompts=[""], labels=["2, 3"], images=None)
    assert result["rewards"] == ("tensor", [1.0])
    assert result["extra_logs"]["undecided"] == ("tensor", [0.0])


# datasets


@pytest.mark.parametrize("num_proc", [None, 2])
def test_datasets_map(num_proc: int | None) -> None:
    datasets = pytest.importorskip("datasets")
    rows = [
        {"id": 1, "equation": EQUATION, "gold": None, "answer": "2, 3", "domain": "real"},
        {"id": 2, "equation": None, "gold": "2", "answer": "x = 3", "domain": None},
        {"id": 3, "equation": None, "gold": None, "answer": "x = 3", "domain": None},
    ]
    mapped = datasets.Dataset.from_list(rows).map(
        add_verdicts, batched=True, batch_size=2, num_proc=num_proc, load_from_cache_file=False
    )
    assert mapped["id"] == [1, 2, 3]
    assert mapped["verdict"] == ["correct", "incorrect", "undecided"]
    assert mapped["reason"] == ["equal", "wrong_value", "malformed_problem"]
    assert mapped["canonical_answer"] == ["{2, 3}", "{3}", None]
    assert mapped["answer"] == ["2, 3", "x = 3", "x = 3"]
    assert mapped["restrictions"] == [["x != 0"], [], []]
    assert all(mapped["evidence"])


def test_no_adapter_imports_its_trainer() -> None:
    for module in (trl, verl, openrlhf, datasets_adapter):
        source = inspect.getsource(module)
        assert "import torch" not in source
        assert f"from {module.__name__.rpartition('.')[2]}" not in source.partition('"""\n\n')[2]
