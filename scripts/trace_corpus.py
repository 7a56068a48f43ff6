"""Labelled chains of thought, composed of problems, styles and planted errors -> JSON lines.

    python scripts/trace_corpus.py > tests/data/traces_composed.jsonl

What is wrong in a trace, and where, is known from how it is made; the labels never come from the
analysis that they are to test. Those written by hand stand in ``tests/data/traces_written.jsonl``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import cycle
from random import Random
from typing import Any

SEED = 20
STYLES = ("terse", "plain", "latex", "steps", "rambling")


@dataclass
class Draft:
    """A trace in the making: ``parts`` are (role, mathematics or words)."""

    equation: str
    unknown: str
    solutions: list[str]
    parts: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, Any] = field(default_factory=dict)

    def add(self, role: str, text: str) -> Draft:
        self.parts.append((role, text))
        return self

    def add_roots(self, *values: int) -> Draft:
        self.parts += either(self.unknown, values)
        return self


def error(change: str, cause: str, text: str) -> dict[str, str]:
    return {"change": change, "cause": cause, "text": text}


# Polynomials as text


def signed(*terms: tuple[int, str]) -> str:
    text = ""
    for number, name in terms:
        if number:
            body = name if abs(number) == 1 and name else f"{abs(number)}{name}"
            sign = ("-" if number < 0 else "") if not text else (" - " if number < 0 else " + ")
            text += sign + body
    return text or "0"


def factor(x: str, root: int) -> str:
    return f"({signed((1, x), (-root, ''))})"


def quadratic(x: str, r: int, s: int) -> str:
    return signed((1, f"{x}^2"), (-(r + s), x), (r * s, ""))


def either(x: str, values: Sequence[int]) -> list[tuple[str, str]]:
    return [("candidate", f"{x} = {value}") for value in values]


# The problems, each with its plants


def linear(rng: Random, x: str) -> Iterator[Draft]:
    a, root, b = rng.randint(2, 6), rng.choice([-4, -3, 2, 3, 5, 7]), rng.randint(2, 9)
    c = a * root + b
    equation = f"{a}{x} + {b} = {c}"

    def draft() -> Draft:
        return Draft(equation, x, [str(root)])

    moved = f"{a}{x} = {c - b}"
    yield draft().add("first", moved).add("candidate", f"{x} = {root}").add("end", str(root))
    wrong = Fraction(c + b, a)
    sign = draft().add("first", f"{a}{x} = {c + b}").add("candidate", f"{x} = {wrong}")
    sign.labels["first_error"] = error("other", "sign", f"{a}{x} = {c + b}")
    yield sign.add("end", str(wrong))
    slip = Fraction(c - b + a, a)
    line = f"{a}{x} = {c} - {b} = {c - b + a}"
    summed = draft().add("first", line).add("candidate", f"{x} = {slip}").add("end", str(slip))
    summed.labels["first_error"] = error("other", "arithmetic", line)
    yield summed
    # A wrong step, and the right answer all the same.
    lucky = draft().add("first", line).add("candidate", f"{x} = {root}").add("end", str(root))
    lucky.labels["first_error"] = error("other", "arithmetic", line)
    yield lucky
    tried = draft().add("suppose", f"{x} = {root + 1}").add("supposed", f"{a}({root + 1}) + {b} = "
                        f"{a * (root + 1) + b}")  # fmt: skip
    yield tried.add("first", moved).add("candidate", f"{x} = {root}").add("end", str(root))


def two_roots(rng: Random, x: str) -> Iterator[Draft]:
    r, s = sorted(rng.sample([-7, -5, -4, -3, -2, 2, 3, 4, 5, 6, 7], 2))
    while r + s == 0:
        r, s = sorted(rng.sample([-5, -3, 2, 4, 6, 7], 2))
    standard = quadratic(x, r, s)
    equation = f"{standard} = 0"
    factored = f"{factor(x, r)}{factor(x, s)} = 0"
    both = f"{r}, {s}"

    def draft() -> Draft:
        return Draft(equation, x, [str(r), str(s)])

    def with_factors() -> Draft:
        found = draft().add("factor", factored)
        found.labels["factoring"] = True
        return found

    yield with_factors().add_roots(r, s).add("end", both)
    flipped = with_factors().add_roots(-r, -s).add("end", f"{-r}, {-s}")
    if {-r, -s} != {r, s}:
        flipped.labels["first_error"] = error("other", "sign", f"{x} = {-r}")
        yield flipped
    p, q = r - 1, s + 1
    wrong = f"{factor(x, p)}{factor(x, q)} = 0"
    pair = draft().add("factor", wrong).add_roots(p, q).add("end", f"{p}, {q}")
    pair.labels["first_error"] = error("other", "wrong_factors", wrong)
    yield pair
    # The discriminant, and roots from it.
    b, d = -(r + s), (s - r) ** 2
    formula = draft().add("formula", f"D = {b * b} - {4 * r * s} = {d}" if r * s > 0 else
                          f"D = {b * b} + {-4 * r * s} = {d}")  # fmt: skip
    formula.add("candidate", f"{x} = ({-b} ± {s - r})/2").add("end", both)
    formula.labels["quadratic_formula"] = True
    yield formula
    yield from second_thoughts(x, r, s, with_factors)
    fake = with_factors().add_roots(r, s).add("reassure", "").add("end", both)
    yield fake


def second_thoughts(x: str, r: int, s: int, with_factors: Callable[[], Draft]) -> Iterator[Draft]:
    """Corrections. The refuted one puts a wrong value back and sees that the sides differ."""
    both = f"{r}, {s}"
    value = (-r) ** 2 - (r + s) * (-r) + r * s
    if -r == s or not value:
        return
    seen = with_factors().add_roots(-r, -s)
    seen.add("wait", "").add("put back", f"{x} = {-r}").add("differs", f"{value} ≠ 0")
    seen.add("so", "").add_roots(r, s).add("end", both)
    seen.labels |= {
        "first_error": error("other", "sign", f"{x} = {-r}"),
        "transition": "wrong_right", "corrected": True, "verified_aha": True,
    }  # fmt: skip
    yield seen
    unseen = with_factors().add_roots(-r, -s).add("wait", "")
    unseen.add("so", "").add_roots(r, s).add("end", both)
    unseen.labels |= {
        "first_error": error("other", "sign", f"{x} = {-r}"),
        "transition": "wrong_right", "corrected": True,
    }  # fmt: skip
    yield unseen
    broken = with_factors().add_roots(r, s).add("wait", "")
    broken.add("so", "").add_roots(-r, -s).add("end", f"{-r}, {-s}")
    broken.labels |= {
        "first_error": error("other", "sign", f"{x} = {-r}"),
        "transition": "right_wrong", "broken": True,
    }  # fmt: skip
    yield broken


def with_excluded(rng: Random, x: str) -> Iterator[Draft]:
    r, s = rng.sample([-6, -5, -3, -2, 2, 3, 4, 5, 6], 2)
    equation = f"({quadratic(x, r, s)})/({signed((1, x), (-r, ''))}) = 0"
    multiplied = f"{quadratic(x, r, s)} = 0"
    factored = f"{factor(x, r)}{factor(x, s)} = 0"

    def draft(*, states: bool) -> Draft:
        found = Draft(equation, x, [str(s)])
        found.labels |= {"factoring": True, "domain_stated": states}
        if states:
            found.add("domain", f"{x} ≠ {r}")
        found.add("first", multiplied).add("factor", factored)
        found.parts += either(x, (r, s))
        return found

    turned = {"transition": "wrong_right", "corrected": True}
    good = draft(states=True).add("reject", f"{x} = {r}").add("end", str(s))
    good.labels |= turned | {"verified_aha": True}
    yield good
    late = draft(states=False).add("reject", f"{x} = {r}").add("end", str(s))
    late.labels |= turned | {"verified_aha": True}
    yield late
    silent = draft(states=True).add("end", str(s))
    silent.labels |= turned
    yield silent
    for states in (True, False):
        kept = draft(states=states).add("end", f"{r}, {s}")
        kept.labels["first_error"] = error("gained", "dropped_restriction", "END")
        yield kept


def with_root(rng: Random, x: str) -> Iterator[Draft]:
    p = rng.randint(2, 9)
    q = 1 - p
    equation = f"sqrt({x} + {-p * q}) = {x}"
    squared = f"{x} + {-p * q} = {x}^2"
    factored = f"{factor(x, p)}{factor(x, q)} = 0"
    turned = {"transition": "wrong_right", "corrected": True}

    def draft() -> Draft:
        found = Draft(equation, x, [str(p)])
        found.labels["factoring"] = True
        found.add("square", squared).add("first", f"{quadratic(x, p, q)} = 0")
        found.add("factor", factored)
        found.parts += either(x, (p, q))
        return found

    seen = draft().add("put back", f"{x} = {q}").add("differs", f"{-q} ≠ {q}")
    seen.add("put back", f"{x} = {p}").add("agrees", f"{p} = {p}").add("end", str(p))
    seen.labels |= turned | {"verified_aha": True}
    yield seen
    kept = draft().add("end", f"{q}, {p}")
    kept.labels["first_error"] = error("gained", "squaring", "END")
    yield kept
    dropped = draft().add("end", str(p))
    dropped.labels |= turned
    yield dropped
    slip = Draft(equation, x, [str(p)]).add("square", f"{x} - {-p * q} = {x}^2")
    slip.add("none", "").add("end", "no real solution")
    slip.labels["first_error"] = error("lost", "sign", f"{x} - {-p * q} = {x}^2")
    yield slip


def common_factor(rng: Random, x: str) -> Iterator[Draft]:
    n = rng.choice([2, 3, 4, 5, 7, -2, -3, -6])
    equation = f"{x}^2 = {n}{x}"

    def draft() -> Draft:
        return Draft(equation, x, sorted(["0", str(n)]))

    divided = draft().add("divide", f"{x} = {n}").add("end", str(n))
    divided.labels["first_error"] = error("lost", "division", f"{x} = {n}")
    yield divided
    factored = f"{x}({signed((1, x), (-n, ''))}) = 0"
    good = draft().add("factor", factored)
    good.labels["factoring"] = True
    good.parts += either(x, (0, n))
    yield good.add("end", f"0, {n}")


FAMILIES: tuple[Callable[[Random, str], Iterator[Draft]], ...] = (
    linear, two_roots, with_excluded, with_root, common_factor,
)  # fmt: skip

# The styles: words for each role; {} is the mathematics


WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "terse": {
        "first": ("{}\n",), "square": ("{}\n",), "factor": ("Factor: {}\n", "{}\n"),
        "formula": ("Formula: {}\n",), "domain": ("Domain: {}\n",),
        "candidate": ("{}\n",), "divide": ("{}\n",), "none": ("",),
        "suppose": ("Try {}: ",), "supposed": ("{}\n",),
        "wait": ("Wait.\n",), "so": ("",), "reassure": ("Wait. Checked, it is right.\n",),
        "put back": ("Check {}: ",), "differs": ("{}\n",), "agrees": ("{}\n",),
        "reject": ("{} is excluded.\n",), "end": ("{}",),
    },
    "plain": {
        "first": ("This gives {}. ", "We get {}. "), "square": ("Squaring both sides, {}. ",),
        "factor": ("It factors as {}. ",), "formula": ("The discriminant is {}. ",),
        "domain": ("First note that {}. ", "We need {}, since we divide by it. "),
        "candidate": ("So {}", " or {}"), "divide": ("Dividing both sides, {}. ",), "none": ("",),
        "suppose": ("Let me try {}. ",), "supposed": ("Then {}, too much. ",),
        "wait": ("Wait, I made a mistake. ", "Hold on, that is not right. "),
        "so": ("Reading the factors again. ",),
        "reassure": ("Let me double-check. Yes, both are right. ",),
        "put back": ("Check {}: ",), "differs": ("{}, so it fails. ",), "agrees": ("{}, fine. ",),
        "reject": ("But {} makes the denominator zero, so it is rejected. ",),
        "end": ("The answer is {}.",),
    },
    "latex": {
        "first": ("Rearranging, we obtain\n\\[ {} \\]\n", "This becomes ${}$.\n"),
        "square": ("Squaring both sides yields\n\\[ {} \\]\n",),
        "factor": ("which factors as $${}$$\n", "Factoring, we get \\({}\\).\n"),
        "formula": ("The discriminant is ${}$.\n",),
        "domain": ("Note that ${}$ is required.\n",),
        "candidate": ("Hence ${}$", " or ${}$"), "divide": ("Dividing by it, we get ${}$.\n",),
        "none": ("",),
        "suppose": ("Suppose ${}$. ",), "supposed": ("Then ${}$, which is too large.\n",),
        "wait": ("Wait, this does not look right.\n", "Hmm, let me re-check that.\n"),
        "so": ("Again from the factors:\n",),
        "reassure": ("Let me verify this once more: yes, correct.\n",),
        "put back": ("Substituting ${}$: ",), "differs": ("we see ${}$.\n",),
        "agrees": ("${}$ holds.\n",),
        "reject": ("However, ${}$ is not in the domain, so we discard it.\n",),
        "end": ("Therefore the answer is {}.",),
    },
    "steps": {
        "first": ("**Rearrange.** {}\n",), "square": ("**Square.** {}\n",),
        "factor": ("**Factor.** {}\n",), "formula": ("**Discriminant.** {}\n",),
        "domain": ("**Domain.** {}\n",),
        "candidate": ("**Roots.** {}", ", {}"), "divide": ("**Divide.** {}\n",), "none": ("",),
        "suppose": ("**Test.** If {}, ",), "supposed": ("then {}, not it.\n",),
        "wait": ("**Correction.** That was a mistake.\n",), "so": ("",),
        "reassure": ("**Check.** Double-check: all good.\n",),
        "put back": ("**Check.** For {}: ",), "differs": ("{}\n",), "agrees": ("{} ✓\n",),
        "reject": ("**Reject.** {} is extraneous: the denominator vanishes.\n",),
        "end": ("**Answer.** {}",),
    },
    "rambling": {
        "first": ("Okay, so if I move things around I think I get {}, yes. ",),
        "square": ("Okay, let me get rid of the root by squaring, that gives {}. ",),
        "factor": ("Looks like this factors nicely, {}. ",),
        "formula": ("Maybe the formula; the discriminant is {}. ",),
        "domain": ("Before anything else the bottom must not vanish, so {}. ",),
        "candidate": ("So then I have {}", " and also {}"),
        "divide": ("I can just divide by it and so {}. ",), "none": ("",),
        "suppose": ("Hmm, what if {}? ",), "supposed": ("That would be {}, no good. ",),
        "wait": ("Hmm wait, actually no, let me look at this again. ",),
        "so": ("Going back to the factors. ",),
        "reassure": ("Wait, is this right? Let me re-check, yes, it is fine. ",),
        "put back": ("If I put {} back, ",), "differs": ("I get {}, so that one is out. ",),
        "agrees": ("I get {}, good. ",),
        "reject": ("Oh but {} would be a division by zero, throw it out. ",),
        "end": ("So my final answer is {}.",),
    },
}  # fmt: skip


def written(draft: Draft, style: str, rng: Random) -> str:
    words = WORDS[style]
    text, in_list = "", False
    for role, mathematics in draft.parts:
        choices = words[role]
        if role == "candidate" and style != "terse":
            text += choices[1 if in_list else 0].format(mathematics)
            in_list = True
            continue
        if in_list:
            text += ".\n" if style in ("latex", "steps") else ". "
            in_list = False
        shown = f"\\boxed{{{mathematics}}}" if role == "end" else mathematics
        text += rng.choice(choices).replace("{}", shown)
    if style == "latex":
        text = re.sub(r"sqrt\(([^()]*)\)", r"\\sqrt{\1}", text).replace("±", "\\pm")
        text = text.replace("≠", "\\neq")
    return text


def row(number: int, family: str, draft: Draft, style: str, rng: Random) -> dict[str, Any]:
    text = written(draft, style, rng)
    answered = draft.parts[-1][1]
    given = set() if answered.startswith("no") else set(answered.split(", "))
    is_right = given == set(draft.solutions)
    found = draft.labels.get("first_error")
    if found:
        place = f"\\boxed{{{answered}}}" if found["text"] == "END" else found["text"]
        if style == "latex":
            place = place.replace("±", "\\pm")
        found = {**found, "text": place}
    transition = draft.labels.get("transition") or ("right_right" if is_right else "wrong_wrong")
    return {
        "id": f"{family}-{number:03d}-{style}",
        "equation": draft.equation,
        "unknown": draft.unknown,
        "completion": text,
        "correct": is_right,
        "first_error": found,
        "transition": transition,
        "corrected": draft.labels.get("corrected", False),
        "verified_aha": draft.labels.get("verified_aha", False),
        "broken": draft.labels.get("broken", False),
        "habits": {
            habit: draft.labels[habit]
            for habit in ("domain_stated", "factoring", "quadratic_formula")
            if habit in draft.labels
        },
    }


def corpus() -> Iterator[dict[str, Any]]:
    rng = Random(SEED)
    styles, names = cycle(STYLES), cycle("xyzt")
    number = 0
    for _ in range(18):
        for family in FAMILIES:
            for draft in family(rng, next(names)):
                number += 1
                yield row(number, family.__name__, draft, next(styles), rng)


if __name__ == "__main__":
    for each in corpus():
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
