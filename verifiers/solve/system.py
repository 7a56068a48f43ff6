"""A problem with several equations or unknowns -> its relations, apart, parameters put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.domain import Condition, conditions
from verifiers.solve.equation import UndecidedError, canonical_name, parameter_values
from verifiers.syntax.ast import Add, Expr, Relation
from verifiers.syntax.errors import (
    MAX_CHARACTERS,
    OverBudgetError,
    ParseError,
    UnsupportedSyntaxError,
)
from verifiers.syntax.parser import parse_relation
from verifiers.syntax.walk import free_names, substitute
from verifiers.types import Problem, Reason

MAX_EQUATIONS = 20

_MAY_SEPARATE = re.compile(r"[,;\n&]|\\\\|\band\b|\\land\b|\\wedge\b|∧|\\begin")
_FRAME = re.compile(
    r"\\(?:begin|end)\s*\{(?:cases|d?cases|aligned|align\*?|gathered|array)\}(?:\s*\{[lcr| ]*\})?"
    r"|\\left\s*(?:\\\{|\\lbrace|\.)|\\right\s*(?:\.|\\\}|\\rbrace)|\\[dt]?cases\b"
)
_TEXT = re.compile(r"\\(?:text|mathrm|mbox)\s*\{\s*(,|;|and|)\s*\}")
_SEPARATOR = re.compile(
    r"(?P<open>[({\[])|(?P<close>[)}\]])"
    r"|(?P<cut>[,;]?\s*(?:\\\\|\band\b|\\land\b|\\wedge\b|∧)(?:\[[^\]]*\])?|[,;\n])"
)
_RELATION = re.compile(r"[=<>≤≥≠]|\\(?:n?eq?|[lg](?:eq?(?:slant)?|t))\b")
_NUMBERED = re.compile(r"(.*?)_?(\d*)")


@dataclass(frozen=True, slots=True)
class System:
    """``relations`` have no other names than ``unknowns`` in them; order is that of tuples."""

    relations: tuple[Relation, ...]
    unknowns: tuple[str, ...]
    parameters: Mapping[str, Real]

    @property
    def label(self) -> str:
        """``(x, y)``, or ``x`` where there is one."""
        names = ", ".join(self.unknowns)
        return f"({names})" if len(self.unknowns) > 1 else names


def holds_for(system: System, relation: Relation, values: tuple[Real, ...]) -> bool | Undefined:
    """Whether a relation holds at a tuple, by exact substitution; or what is undefined there."""
    named = dict(zip(system.unknowns, values, strict=True))
    left, right = evaluate(relation.lhs, named), evaluate(relation.rhs, named)
    if isinstance(left, Undefined):
        return left
    if isinstance(right, Undefined):
        return right
    if relation.op in ("=", "!="):
        return (left == right) is (relation.op == "=")
    if relation.op in ("<", ">="):
        return (left < right) is (relation.op == "<")
    return (left <= right) is (relation.op == "<=")


def system_conditions(system: System) -> tuple[Condition, ...]:
    """The domain conditions of all relations, each for the unknown that it is about."""
    found: dict[Condition, None] = {}
    try:
        for relation in system.relations:
            for each in conditions(Add((relation.lhs, relation.rhs)), ""):
                names = sorted(free_names(each.part))
                found[Condition(each.part, each.op, names[0] if names else system.unknowns[0])] = (
                    None
                )
    except OverBudgetError as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    return tuple(found)


def is_system(problem: Problem) -> bool:
    """Whether there are several relations, or several declared unknowns."""
    if not isinstance(problem.equation, str):
        return len(problem.equation) != 1
    if problem.unknown is not None and len(declared_names(problem.unknown)) > 1:
        return True
    return bool(_MAY_SEPARATE.search(problem.equation)) and len(split(problem.equation)) > 1


def read_system(problem: Problem) -> System:
    """Raises ``UndecidedError`` for what is malformed or over budget."""
    if isinstance(problem.equation, str):
        texts = split(problem.equation)
    else:
        texts = [part for text in problem.equation for part in split(text)]
    declared = declared_names(problem.unknown or "")
    try:
        if not 1 <= len(texts) <= MAX_EQUATIONS:
            raise OverBudgetError(f"{len(texts)} equations, not 1 to {MAX_EQUATIONS}")
        relations = _parsed(texts, {*problem.params, *declared})
        exprs, parameters = parameter_values(problem.params)
    except (UnsupportedSyntaxError, OverBudgetError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    except ParseError as error:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, str(error)) from error
    filled = tuple(
        Relation(each.op, substitute(each.lhs, exprs), substitute(each.rhs, exprs))
        for each in relations
    )
    names = frozenset().union(*(_names(each.lhs, each.rhs) for each in filled))
    return System(filled, _unknowns(problem, declared, names), parameters)


def _parsed(texts: list[str], names: set[str]) -> list[Relation]:
    """``xyz`` is a product where x, y and z stand alone elsewhere, else one name."""
    relations = [parse_relation(text, names) for text in texts]
    found = frozenset().union(*(_names(each.lhs, each.rhs) for each in relations))
    letters = {name for name in found if len(name) == 1}
    if any(len(name) > 2 and letters.issuperset(name) for name in found - names):
        relations = [parse_relation(text, names | letters) for text in texts]
    return relations


def split(text: str) -> list[str]:
    """The relations of ``text``, apart; the whole text where a part has no relation sign."""
    if len(text) > MAX_CHARACTERS:
        return [text]  # the parser says what is wrong with it
    plain = _TEXT.sub(r" \1 ", _FRAME.sub(" ", text)).replace("&", " ")
    parts, depth, start = [], 0, 0
    for match in _SEPARATOR.finditer(plain):
        depth += (match["open"] is not None) - (match["close"] is not None)
        if match["cut"] and depth <= 0:
            parts.append(plain[start : match.start()])
            start = match.end()
    parts = [part for part in (*parts, plain[start:]) if part.strip(" \t\n.$")]
    if len(parts) < 2 or not all(_RELATION.search(part) for part in parts):
        return [text]
    return [part.strip().strip("$") for part in parts]


def declared_names(unknown: str) -> list[str]:
    names = re.split(r"(?:[\s,;()]|\band\b)+(?![^{]*\})", unknown)
    return [name for name in names if name]


def _unknowns(problem: Problem, declared: list[str], free: frozenset[str]) -> tuple[str, ...]:
    names = [canonical_name(name) for name in declared]
    if not names:
        names = sorted(free - {canonical_name(name) for name in problem.params}, key=_natural)
    if len(set(names)) != len(names):
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "an unknown is declared twice")
    if not names:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "the system has no unknown")
    if others := sorted(free - set(names)):
        raise UndecidedError(
            Reason.UNSUPPORTED_EQUATION, f"no value is given for {', '.join(others)}"
        )
    return tuple(names)


def _natural(name: str) -> tuple[str, int, str]:
    """``x_2`` before ``x_10``."""
    match = _NUMBERED.fullmatch(name)
    assert match is not None
    return match[1], int(match[2] or -1), name


def _names(*sides: Expr) -> frozenset[str]:
    return frozenset().union(*(free_names(side) for side in sides))
