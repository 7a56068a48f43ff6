"""Linear systems, by exact row reduction: one solution, none, or a flat of them."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat, fmpq_mpoly

from verifiers.solve.system_solution import Flat


def reduce_linear(polys: Sequence[fmpq_mpoly], num_unknowns: int) -> Flat | None:
    """The solutions of ``poly = 0`` for all polys, of total degree 1 at most; None for none.

    Row reduction keeps the solution set at every step, so the flat is all of it.
    """
    rows = [_row(poly, num_unknowns) for poly in polys]
    reduced, rank = fmpq_mat(rows).rref()
    pivots: dict[int, int] = {}
    for index in range(rank):
        column = next(k for k in range(num_unknowns + 1) if reduced[index, k])
        if column == num_unknowns:
            return None  # a row says 0 = 1
        pivots[column] = index
    free = [k for k in range(num_unknowns) if k not in pivots]
    result = []
    for k in range(num_unknowns):
        if k in pivots:
            row = pivots[k]
            terms = {j: -reduced[row, j] for j in free if reduced[row, j]}
            result.append((-reduced[row, num_unknowns], terms))
        else:
            result.append((fmpq(0), {k: fmpq(1)}))
    return Flat(tuple(result))


def _row(poly: fmpq_mpoly, num_unknowns: int) -> list[fmpq]:
    """Coefficients of the unknowns, then the constant."""
    row = [fmpq(0)] * (num_unknowns + 1)
    for powers, value in poly.to_dict().items():
        column = next((k for k, power in enumerate(powers) if power), num_unknowns)
        row[column] = value
    return row
