"""A long fuzzing campaign of the grader, by hypothesis.

    python scripts/fuzz_grader.py --seconds 600
    python scripts/fuzz_grader.py --seconds 30 --only texts --seed 7

Properties: ``trees`` come back from their text; ``verdicts`` do not change when the answer is
reordered, the sides are swapped or multiplied by a number, the unknown is renamed or the equation
is written in LaTeX; ``texts`` and ``mutations`` of right answers, and ``equations`` that are
mutated, give a verdict, raise nothing, take no longer than a second of processor time, and what is
accepted is the solution set. Time is shared out equally. Prints a table in Markdown; the exit
status is 1 where something was found, with its smallest example.
"""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from collections.abc import Callable
from random import Random
from time import perf_counter, process_time

from grader_bench.drawn import Drawn
from grader_bench.pairs import grade
from grader_bench.strategies import EQUATIONS, PROBLEMS, TEXTS, TREES, latex, mutations
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from verifiers import Decision, Problem, Verdict, solve, verify
from verifiers.syntax import parse_expression, to_text
from verifiers.syntax.ast import Expr

MAX_SECONDS = 1.0  # of processor time, for one verdict
ROUND = 200  # examples between two looks at the clock


def trees(draw: st.DrawFn) -> None:
    expr: Expr = draw(TREES)
    text = to_text(expr)
    assert parse_expression(text) == expr, text


def verdicts(draw: st.DrawFn) -> None:
    problem = draw(EQUATIONS)
    rng = Random(draw(st.integers(0, 2**32)))
    right, wrong = problem.right_pair(rng).answer, rng.choice(problem.wrong)[1]
    for equation, unknown in _variants(problem, rng):
        for answer, decision in ((right, Decision.CORRECT), (wrong, Decision.INCORRECT)):
            renamed = answer if unknown == problem.unknown else _renamed(answer, problem, unknown)
            record = Problem(equation=equation, unknown=unknown, params=problem.params)
            verdict = _timed(lambda: verify(record, renamed))  # noqa: B023
            assert verdict.verdict is decision, (equation, renamed, verdict)
    points = solve(_record(problem)).solutions.points
    if points:
        texts = [str(point) for point in points]
        answer = "; ".join(rng.sample(texts, len(texts)) + rng.choices(texts, k=2))
        assert verify(_record(problem), answer).verdict is Decision.CORRECT, (problem, answer)


def texts(draw: st.DrawFn) -> None:
    problem, text = draw(PROBLEMS), draw(TEXTS)
    _check_answer(problem, text)


def answers(draw: st.DrawFn) -> None:
    problem = draw(PROBLEMS)
    _check_answer(problem, draw(mutations(draw(st.sampled_from(problem.right)))))


def equations(draw: st.DrawFn) -> None:
    problem = draw(PROBLEMS)
    if problem.equation is None:
        gold = draw(mutations(problem.gold))
        _timed(lambda: verify(gold=gold, answer=problem.right[0]))
        return
    text = problem.equation if isinstance(problem.equation, str) else ", ".join(problem.equation)
    equation = draw(st.one_of(TEXTS, mutations(text)))
    record = Problem(equation=equation, unknown=problem.unknown, params=problem.params)
    _timed(lambda: verify(record, problem.right[0]))


PROPERTIES: dict[str, Callable[[st.DrawFn], None]] = {
    "trees": trees,
    "verdicts": verdicts,
    "texts": texts,
    "mutations": answers,
    "equations": equations,
}


def _record(problem: Drawn) -> Problem:
    assert problem.equation is not None
    return Problem(equation=problem.equation, unknown=problem.unknown, params=problem.params)


def _variants(problem: Drawn, rng: Random) -> list[tuple[str, str]]:
    """The same problem in other words: equation and unknown."""
    assert isinstance(problem.equation, str)
    left, right = problem.equation.split(" = ")
    factor = rng.choice([number for number in range(-9, 10) if number])
    name = rng.choice([name for name in ("x", "u", "v", "q") if name != problem.unknown])
    x = problem.unknown
    return [
        (problem.equation, x),
        (f"{right} = {left}", x),
        (f"({factor})({left}) = ({factor})*({right})", x),
        (latex(problem.equation), x),
        (f"{_replaced(left, x, name)} = {_replaced(right, x, name)}", name),
    ]


def _replaced(text: str, name: str, by: str) -> str:
    """``name`` where it stands alone: not in the middle of a word such as ``\\text``."""
    around = [" ", *text, " "]
    return "".join(
        by if here == name and not (before.isalpha() or after.isalpha() or before == "\\") else here
        for before, here, after in zip(around, around[1:], around[2:], strict=False)
    )


def _renamed(answer: str, problem: Drawn, name: str) -> str:
    return _replaced(answer, problem.unknown, name)


def _check_answer(problem: Drawn, text: str) -> None:
    """Against a decidable problem a text is right or wrong, and right only as the right answer."""
    pair = problem.pair(text, False, "fuzzed")
    accepted = [grade(problem.pair(right, True, "right")) for right in problem.right]
    if not all(each and each.verdict is Decision.CORRECT for each in accepted):
        return  # a class that this grader does not decide
    verdict = _timed(lambda: grade(pair))
    assert verdict.verdict is not Decision.UNDECIDED, (problem, text, verdict)
    if (
        verdict.verdict is Decision.CORRECT
        and problem.ask == "solutions"
        and not (problem.params or problem.equation is None)
    ):
        texts = {text for each in accepted if each for text in (each.answer, each.expected)}
        has_free = any(text and "for all real" in text for text in texts)  # a line: many names
        assert verdict.answer in texts or has_free, (text, verdict)


def _timed(run: Callable[[], Verdict | None]) -> Verdict:
    gc.disable()  # a collection takes a second once hypothesis holds enough
    start = process_time()
    verdict = run()
    seconds = process_time() - start
    gc.enable()
    assert verdict is not None
    assert seconds <= MAX_SECONDS, f"{seconds:.1f} s"
    str(verdict).encode()
    return verdict


def campaign(name: str, seconds: float, first_seed: int) -> tuple[int, float, str | None]:
    """Examples, seconds, and the report of the smallest example that was found, if any."""
    count = 0
    start = perf_counter()
    round_number = 0
    while perf_counter() - start < seconds:

        @seed(first_seed + round_number)
        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def examples(data: st.DataObject) -> None:
            nonlocal count
            count += 1
            PROPERTIES[name](data.draw)

        try:
            examples()
        except Exception:  # whatever it is, it is a finding, and is reported
            return count, perf_counter() - start, traceback.format_exc(limit=-3)
        round_number += 1
    return count, perf_counter() - start, None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600, help="in all (default %(default)s)")
    parser.add_argument("--only", choices=tuple(PROPERTIES), action="append")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = options.only or list(PROPERTIES)
    found = False
    print("| property | examples | seconds | found |\n| --- | --- | --- | --- |")
    for name in names:
        count, seconds, report = campaign(name, options.seconds / len(names), options.seed)
        print(
            f"| {name} | {count:,} | {seconds:.0f} | {'see below' if report else 0} |", flush=True
        )
        if report:
            found = True
            print(f"\n{name}:\n{report}", file=sys.stderr, flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
