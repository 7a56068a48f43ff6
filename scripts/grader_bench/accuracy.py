"""Sections (a), (b), (c): right forms accepted, wrong answers accepted, without a gold answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random

from verifiers import Decision

from .drawn import Drawn
from .families import ALL, GOLD, RESTRICTED, draw_problems
from .pairs import Pair, grade, load_pairs
from .report import Section, Target, share, shown
from .rival import Rival

MAX_EXAMPLES = 12
NUM_IDENTITIES = 20


def verdict_of(pair: Pair) -> str:
    """``correct``, ``incorrect``, ``undecided``; undecided too where there is no such question."""
    verdict = grade(pair)
    return verdict.verdict


def right_forms(rival: Rival | None) -> Section:
    """(a): the table of answer pairs."""
    pairs = load_pairs()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    missed, fooled = [], []
    for pair in pairs:
        row = tally[pair.form if pair.right else "(wrong answers of the table)"]
        row["all"] += 1
        said = verdict_of(pair)
        row["ours"] += said == Decision.CORRECT
        if rival is not None:
            row["rival"] += rival.ask(pair.gold, pair.answer).accepted
        if pair.right and said != Decision.CORRECT:
            missed.append(f"missed ({said}): {shown(pair.answer)} for {shown(pair.text)}")
        if not pair.right and said == Decision.CORRECT:
            fooled.append(f"accepted: {shown(pair.answer)} for {shown(pair.text)}")
    section = Section("a", "Forms accepted, table of answer pairs", ("form", *_columns(rival)))
    wrong = tally.pop("(wrong answers of the table)")
    total: Counter[str] = sum(tally.values(), Counter())
    last = [("**all right forms**", total), ("wrong answers", wrong)]
    for form, row in [*sorted(tally.items()), *last]:
        section.rows.append((form, row["all"], *_cells(row, rival)))
    accepted = share(total["ours"], total["all"])
    enough = total["ours"] >= 0.99 * total["all"]
    section.targets = [
        Target(f"right forms accepted: {accepted}; at least 99 %", enough),
        Target(f"wrong answers accepted: {wrong['ours']}; none", not fooled),
    ]
    section.notes = fooled + missed[:MAX_EXAMPLES]
    if len(missed) > MAX_EXAMPLES:
        section.notes.append(f"and {len(missed) - MAX_EXAMPLES} more missed")
    section.figures = {"right": dict(total), "wrong": dict(wrong)}
    return section


def wrong_answers(rival: Rival | None, count: int, rival_count: int, seed: int) -> Section:
    """(b): at least ``count`` generated wrong answers; the rival sees ``rival_count`` of them."""
    drawn = draw_problems(ALL, max(len(ALL), count // 6), seed)
    drawn += draw_problems(GOLD, NUM_IDENTITIES, seed)
    pairs = [pair for problem in drawn for pair in problem.wrong_pairs()]
    assert len(pairs) >= count, f"{len(pairs)} wrong answers; {count} were asked for"
    for_rival = set(Random(seed).sample(range(len(pairs)), min(rival_count, len(pairs))))
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    fooled = []
    for index, pair in enumerate(pairs):
        row = tally[pair.form]
        row["all"] += 1
        said = verdict_of(pair)
        row["ours"] += said == Decision.CORRECT
        row["undecided"] += said == Decision.UNDECIDED
        if said == Decision.CORRECT:
            fooled.append(f"accepted: {shown(pair.answer)} for {shown(pair.text)}")
        if rival is not None and index in for_rival:
            row["asked"] += 1
            row["rival"] += rival.ask(pair.gold, pair.answer).accepted
    columns = ["fault", "answers", "accepted", "undecided"]
    section = Section("b", "Wrong answers accepted, generated", columns)
    total: Counter[str] = sum(tally.values(), Counter())
    for kind, row in [*sorted(tally.items()), ("**all**", total)]:
        section.rows.append((kind, row["all"], row["ours"], row["undecided"]))
        if rival is not None:
            section.rows[-1] = (*section.rows[-1], f"{row['rival']} of {row['asked']}")
    if rival is not None:
        section.columns = [*columns, "Math-Verify accepted"]
    goal = f"{total['ours']} wrong answers accepted of {total['all']:,}; 0 of at least 5,000"
    section.targets = [Target(goal, total["ours"] == 0 and total["all"] >= 5_000)]
    section.notes = fooled[:MAX_EXAMPLES]
    section.figures = {"all": dict(total)}
    return section


def without_gold(count: int, seed: int) -> Section:
    """(c): ``count`` problems, each with a right answer and with its extraneous candidates."""
    rng = Random(seed)
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    examples = []
    for problem in draw_problems(RESTRICTED, count, seed):
        row = tally[problem.family]
        row["all"] += 1
        outcome, pair = _outcome(problem, rng)
        row[outcome] += 1
        if outcome != "right":
            examples.append(f"{outcome}: {shown(pair.answer)} for {shown(pair.text)}")
    section = Section(
        "c",
        "Without a gold answer: domain restrictions and extraneous roots",
        ("family", "problems", "right", "undecided", "wrong accept", "wrong refusal"),
    )
    total: Counter[str] = sum(tally.values(), Counter())
    for family, row in [*sorted(tally.items()), ("**all**", total)]:
        kinds = ("all", "right", "undecided", "wrong accept", "wrong refusal")
        section.rows.append((family, *(row[kind] for kind in kinds)))
    everything = total["all"]
    section.targets = [
        Target(f"right: {share(total['right'], everything)}; at least 99 %",
               total["right"] >= 0.99 * everything),
        Target(f"undecided: {share(total['undecided'], everything)}; at most 2 %",
               total["undecided"] <= 0.02 * everything),
        Target(f"wrong accepts: {total['wrong accept']}; 0", not total["wrong accept"]),
    ]  # fmt: skip
    section.notes = ["Math-Verify cannot: it has no answer without a gold answer."]
    section.notes += sorted(examples, key=lambda text: text.startswith("undecided"))[:MAX_EXAMPLES]
    section.figures = {"all": dict(total)}
    return section


def _outcome(problem: Drawn, rng: Random) -> tuple[str, Pair]:
    """``right`` where the right answer is accepted and every other refused; else what is not."""
    right = problem.right_pair(rng)
    if (said := verdict_of(right)) != Decision.CORRECT:
        return "undecided" if said == Decision.UNDECIDED else "wrong refusal", right
    outcomes = [(verdict_of(wrong), wrong) for wrong in problem.wrong_pairs()]
    for worst, name in ((Decision.CORRECT, "wrong accept"), (Decision.UNDECIDED, "undecided")):
        for said, wrong in outcomes:
            if said == worst:
                return name, wrong
    return "right", right


def _columns(rival: Rival | None) -> Iterable[str]:
    return ("answers", "accepted", "Math-Verify accepted") if rival else ("answers", "accepted")


def _cells(row: Counter[str], rival: Rival | None) -> Iterable[object]:
    return (row["ours"], row["rival"]) if rival else (row["ours"],)
