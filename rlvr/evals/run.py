"""A model and problems to a folder of answers: in portions, each written as it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rlvr.config_rollout import RolloutConfig
from rlvr.data.grading import judge
from rlvr.data.tasks import read_tasks, split_off_unreadable
from rlvr.evals.folder import EvalFolder
from rlvr.evals.judge import Question, ballot, equal_pairs, proved_equal
from rlvr.evals.records import Answered, Judged, answered, judged
from rlvr.evals.settings import Settings, digest_model, digest_rows
from rlvr.evals.votes import open_pairs, vote
from rlvr.model_files import load_tokenizer
from rlvr.progress import Progress
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine, SamplingSettings
from rlvr.rollout.factory import make_engine, vllm_import_problem
from rlvr.rollouts import fitting, generate
from rlvr.types import Completion, Prompt, Task
from verifiers import Verdict

EngineMaker = Callable[[str, RolloutConfig, int], RolloutEngine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be evaluated. Of ``rollout`` the temperature, new tokens, engine and type count
    for the numbers; ``max_sequences``, how many are drawn at once, does not."""

    model: str
    data: str
    split: str
    rows: Sequence[dict[str, Any]]
    template: str
    chat_template: bool
    rollout: RolloutConfig
    samples: int
    seed: int


def answer_all(wanted: Wanted, folder: EvalFolder, maker: EngineMaker = make_engine) -> None:
    """Fills ``folder``; where an earlier call with the same settings was stopped, it goes on.

    Raises ``ValueError`` for a folder that was written with other settings.
    """
    prompter = Prompter(load_tokenizer(wanted.model), wanted.template, wanted.chat_template)
    settings = _settings(wanted)
    tasks, left_out = read_tasks(wanted.rows)
    limit = _longest_sequence(wanted.model)
    if folder.settings.is_file():
        folder.check(settings)
        out = {each.id for each in folder.read_settings()[1]}
        tasks = [task for task in tasks if task.id not in out]
        prompts = [prompter.prompt(task) for task in tasks]
    else:
        tasks, not_judged = split_off_unreadable(tasks)
        prompts, too_long = fitting(
            [prompter.prompt(task) for task in tasks], wanted.rollout.max_new_tokens, limit
        )
        left_out += not_judged + too_long
        if not prompts:
            raise ValueError(
                f"none of the {len(wanted.rows)} rows can be scored; the first:"
                f" {left_out[0].reason}: {left_out[0].evidence}"
            )
        folder.begin(settings, left_out)
    with folder.locked():
        done = folder.resume([prompt.task.id for prompt in prompts])
        if done < len(prompts):
            longest = max(len(prompt.token_ids) for prompt in prompts)
            rollout = wanted.rollout.model_copy(update={"engine": settings.engine})
            engine = maker(wanted.model, rollout, longest + rollout.max_new_tokens)
            try:
                _answer(engine, prompter, prompts, done, wanted, folder)
            finally:
                engine.close()


def _settings(wanted: Wanted) -> Settings:
    engine = wanted.rollout.engine
    if engine == "auto":
        engine = "transformers" if vllm_import_problem() else "vllm"
    return Settings(
        model=wanted.model,
        data=wanted.data,
        split=wanted.split,
        engine=engine,
        dtype=wanted.rollout.dtype,
        template=wanted.template,
        chat_template=wanted.chat_template,
        stop=wanted.rollout.stop,
        samples=wanted.samples,
        temperature=wanted.rollout.temperature,
        max_new_tokens=wanted.rollout.max_new_tokens,
        seed=wanted.seed,
        model_digest=digest_model(wanted.model),
        data_digest=digest_rows(wanted.rows),
    )


def _longest_sequence(model: str) -> int | None:
    """Tokens that the model has positions for; None where its configuration names no limit."""
    from transformers import AutoConfig

    return getattr(AutoConfig.from_pretrained(model), "max_position_embeddings", None)


def _answer(
    engine: RolloutEngine,
    prompter: Prompter,
    prompts: Sequence[Prompt],
    done: int,
    wanted: Wanted,
    folder: EvalFolder,
) -> None:
    tokens, seed = wanted.rollout.max_new_tokens, (wanted.seed, "eval")
    greedy = SamplingSettings(temperature=0.0, max_new_tokens=tokens)
    drawn = SamplingSettings(temperature=wanted.rollout.temperature, max_new_tokens=tokens)
    # Portions that keep the engine full; a kill loses one of them at most.
    portion = max(1, 4 * wanted.rollout.max_sequences // (wanted.samples + 1))
    with Progress("evaluation, problems", len(prompts), done) as progress:
        for start in range(done, len(prompts), portion):
            some = prompts[start : start + portion]
            first = generate(engine, some, greedy, 1, seed)
            groups = [
                (*one, *more)
                for one, more in zip(
                    first,
                    generate(engine, some, drawn, wanted.samples, seed)
                    if wanted.samples
                    else [()] * len(some),
                    strict=True,
                )
            ]
            folder.append(scored([prompt.task for prompt in some], groups, prompter))
            progress.advance(len(some))


def scored(
    tasks: Sequence[Task], groups: Sequence[Sequence[Completion]], prompter: Prompter
) -> list[Answered]:
    """A record for each task; its group is the greedy completion and the sampled ones."""
    texts = [[prompter.text(each.token_ids) for each in group] for group in groups]
    asked = [(task, text) for task, some in zip(tasks, texts, strict=True) for text in some]
    found = iter(judge(asked))
    verdicts: list[list[Verdict]] = [list(islice(found, len(group))) for group in groups]
    ballots = [[ballot(each) for each in some[1:]] for some in verdicts]
    pairs = [open_pairs(some) for some in ballots]
    questions: list[Question] = [
        (task.problem.unknown, left, right)
        for task, some in zip(tasks, pairs, strict=True)
        for left, right in some
    ]
    proved = proved_equal(questions)
    records = []
    for place, task in enumerate(tasks):
        all_judged: list[Judged] = [
            judged(completion, text, verdict, evidence=index == 0)
            for index, (completion, text, verdict) in enumerate(
                zip(groups[place], texts[place], verdicts[place], strict=True)
            )
        ]
        equal = equal_pairs(task.problem.unknown, pairs[place], proved)
        expected = next((each.expected for each in verdicts[place] if each.expected), None)
        votes = vote(ballots[place], equal)
        records.append(answered(task, expected, all_judged[0], tuple(all_judged[1:]), votes))
    return records


def default_folder(model: str, data: str, split: str) -> Path:
    """``evals/MODEL--DATA-SPLIT``, of the last two names of each path."""
    names = ["-".join(Path(each).parts[-2:]).strip("/.") for each in (model, data)]
    return Path("evals") / f"{names[0]}--{names[1]}-{split}"
