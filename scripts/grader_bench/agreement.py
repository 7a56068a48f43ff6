"""Section (g): the same verdicts in threads, event loops, worker processes and forked children."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from verifiers import averify_batch, verify_batch

from .pairs import Pair, grade, load_pairs, problem_of
from .report import Section, Target, share
from .rival import Rival

Judged = tuple[str, str, str | None, str | None]
WORKERS = 4


def judge(pair: Pair) -> Judged:
    """What of a verdict must not depend on where it is made."""
    verdict = grade(pair)
    return (str(verdict.verdict), str(verdict.reason), verdict.answer, verdict.expected)


def judge_in_a_thread(pair: Pair) -> Judged:
    """Off the main thread of whatever process this is: where a worker of Ray runs its tasks."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(judge, pair).result()


def agreement(rival: Rival | None) -> Section:
    """Every pair of the table, in each place, against the main thread."""
    pairs = load_pairs()
    expected = [judge(pair) for pair in pairs]
    section = Section("g", "Verdicts equal to the main thread's", ("where", "equal"))
    for name, run in PLACES.items():
        judged = run(pairs)
        equal = sum(a == b for a, b in zip(judged, expected, strict=True))
        section.rows.append((name, share(equal, len(pairs))))
        section.targets.append(
            Target(f"{name}: {share(equal, len(pairs))}; all", equal == len(pairs))
        )
    _batches(section, pairs)
    if rival is not None:
        pairs = [pair for pair in pairs if pair.right][:40]
        both = [[rival.ask(p.gold, p.answer, thread) for p in pairs] for thread in (False, True)]
        equal = sum(a.accepted == b.accepted and not b.error for a, b in zip(*both, strict=True))
        section.rows.append(("Math-Verify, off its main thread", share(equal, len(pairs))))
    return section


def _threads(pairs: Sequence[Pair]) -> list[Judged]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(judge, pairs))


def _event_loop(pairs: Sequence[Pair]) -> list[Judged]:
    async def main() -> list[Judged]:
        return await asyncio.gather(*(asyncio.to_thread(judge, pair) for pair in pairs))

    return asyncio.run(main())


def _in_the_loop(pairs: Sequence[Pair]) -> list[Judged]:
    async def one(pair: Pair) -> Judged:
        await asyncio.sleep(0)
        return judge(pair)

    async def main() -> list[Judged]:
        return await asyncio.gather(*map(one, pairs))

    return asyncio.run(main())


def _processes(start: str, task: Callable[[Pair], Judged]) -> Callable[..., list[Judged]]:
    def run(pairs: Sequence[Pair]) -> list[Judged]:
        context = multiprocessing.get_context(start)
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            return list(pool.map(task, pairs, chunksize=16))

    return run


PLACES: dict[str, Callable[[Sequence[Pair]], list[Judged]]] = {
    f"{WORKERS} threads": _threads,
    "asyncio, in threads": _event_loop,
    "asyncio, in the loop": _in_the_loop,
    "forked children": _processes("fork", judge),
    "threads of forked children": _processes("fork", judge_in_a_thread),
    "worker processes (spawn)": _processes("spawn", judge),
    "threads of worker processes, as Ray's": _processes("spawn", judge_in_a_thread),
}


def _batches(section: Section, pairs: Sequence[Pair]) -> None:
    usable = [pair for pair in pairs if pair.equation is not None]
    items = [(problem_of(pair), pair.answer) for pair in usable]
    places = {
        "verify_batch": lambda: verify_batch(items, jobs=2),
        "averify_batch": lambda: asyncio.run(averify_batch(items, jobs=2)),
    }
    for name, run in places.items():
        judged = [(str(v.verdict), str(v.reason), v.answer, v.expected) for v in run()]
        equal = sum(a == judge(pair) for a, pair in zip(judged, usable, strict=True))
        section.rows.append((name, share(equal, len(usable))))
        section.targets.append(
            Target(f"{name}: {share(equal, len(usable))}; all", equal == len(usable))
        )
