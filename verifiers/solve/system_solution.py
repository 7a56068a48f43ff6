"""What solving a system yields: finitely many tuples or a flat of them, and why it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq

from verifiers.algebra.exact import Real
from verifiers.domain import Condition, condition_texts
from verifiers.solve.system import System

Point = tuple[Real, ...]


@dataclass(frozen=True, slots=True)
class Flat:
    """The solutions of a reduced linear system: ``x_i = constant + sum of coefficient * x_j``.

    ``rows[i]`` is (constant, {free unknown j: coefficient}); a free unknown is its own row.
    """

    rows: tuple[tuple[fmpq, dict[int, fmpq]], ...]

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(index for index, (_, row) in enumerate(self.rows) if index in row)

    def point(self, values: tuple[fmpq, ...]) -> Point:
        """The solution at these values of the free unknowns."""
        given = dict(zip(self.free, values, strict=True))
        return tuple(
            Real.of(constant + sum((row[j] * given[j] for j in row), fmpq(0)))
            for constant, row in self.rows
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SystemSolution:
    """The exact solution set of a system over the reals: ``points``, or the ``flat`` if infinite.

    ``excluded``: tuples outside the domain that solve the system once it is multiplied out.
    ``certificate``: sentences that say why no solution is missing.
    """

    system: System
    points: tuple[Point, ...]
    conditions: tuple[Condition, ...]
    flat: Flat | None = None
    excluded: tuple[str, ...] = ()
    extraneous: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()

    @property
    def unknown(self) -> str:
        return self.system.label

    @cached_property
    def text(self) -> str:
        """The solution set as an answer would give it: ``{(1, 2), (2, 1)}``."""
        if self.flat is not None:
            return flat_text(self.flat, self.system.unknowns)
        if not self.points:
            return "no real solutions"
        return f"{{{', '.join(map(point_text, self.points))}}}"

    @cached_property
    def domain_texts(self) -> tuple[str, ...]:
        return condition_texts(self.conditions)


def point_text(point: Point) -> str:
    """``(1, 2)``; a lone number without brackets."""
    text = ", ".join(map(str, point))
    return f"({text})" if len(point) > 1 else text


def flat_text(flat: Flat, names: tuple[str, ...]) -> str:
    """``(1 - y, y) for all real y``."""
    rows = [_row_text(constant, row, names) for constant, row in flat.rows]
    return f"({', '.join(rows)}) for all real {', '.join(names[index] for index in flat.free)}"


def _row_text(constant: fmpq, row: dict[int, fmpq], names: tuple[str, ...]) -> str:
    text = str(constant) if constant or not row else ""
    for index, value in row.items():
        size = abs(value)
        term = names[index] if size == 1 else f"{size}*{names[index]}"
        sign = "-" if value < 0 else "+"
        text += f" {sign} {term}" if text else term if sign == "+" else f"-{term}"
    return text
