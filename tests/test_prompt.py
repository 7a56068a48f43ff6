import pytest
from transformers import AutoTokenizer

from rlvr.config import ModelConfig
from rlvr.newborn import make_tokenizer, save_newborn
from rlvr.prompt import Prompter
from rlvr.resources import prompt_template
from rlvr.types import Task
from verifiers import Problem

TASK = Task(id="t", family="linear", text="Solve 2x = 4", problem=Problem(equation="2x = 4"))


def test_a_prompt_opens_the_models_turn():
    prompter = Prompter(make_tokenizer(), "bare")
    prompt = prompter.prompt(TASK)
    assert prompt.task is TASK
    tokens = prompter.tokenizer.convert_ids_to_tokens(list(prompt.token_ids))
    assert tokens == ["<user>", "Solve ", "2", "x", " = ", "4", "<assistant>"]


def test_the_template_goes_around_the_problem():
    tokenizer = make_tokenizer()
    longer = Prompter(tokenizer, "boxed").prompt(TASK).token_ids
    assert len(longer) > len(Prompter(tokenizer, "bare").prompt(TASK).token_ids)


def test_without_a_chat_template_the_text_alone_is_the_prompt(tmp_path):
    folder = save_newborn(
        ModelConfig(width=32, layers=1, heads=2, kv_heads=1, mlp_width=32), 0, tmp_path / "m"
    )
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = None
    prompter = Prompter(tokenizer, "bare")
    assert prompter.text(prompter.prompt(TASK).token_ids) == "Solve 2x = 4"


def test_a_base_model_is_not_asked_in_a_chat():
    tokenizer = make_tokenizer()
    prompter = Prompter(tokenizer, "bare", chat_template=False)
    tokens = tokenizer.convert_ids_to_tokens(list(prompter.prompt(TASK).token_ids))
    assert tokens == ["Solve ", "2", "x", " = ", "4"]


@pytest.mark.parametrize(
    ("template", "end"),
    [("bare", "{problem}"), ("base", "Solution:"), ("r1", "<think>"), ("boxed", "\\boxed{}.")],
)
def test_every_template_ends_where_the_model_goes_on(template, end):
    text = prompt_template(template)
    assert text.count("{problem}") == 1
    assert text.endswith(end)
    assert template == "bare" or "\\boxed{}" in text


def test_a_supervised_example_ends_with_eos_and_keeps_its_prompt():
    prompter = Prompter(make_tokenizer(), "bare")
    (example,) = prompter.supervised([TASK], ["x = 2\n\\boxed{2}"])
    assert example.prompt_ids == prompter.prompt(TASK).token_ids
    assert example.completion_ids[-1] == prompter.tokenizer.eos_token_id
    assert prompter.text(example.completion_ids) == "x = 2\n\\boxed{2}"


def test_an_unknown_template_names_the_known_ones():
    with pytest.raises(ValueError, match="bare"):
        Prompter(make_tokenizer(), "nonsense")


def test_a_tokenizer_without_eos_is_refused():
    tokenizer = make_tokenizer()
    tokenizer.eos_token = None
    with pytest.raises(ValueError, match="no eos token"):
        Prompter(tokenizer, "bare")
