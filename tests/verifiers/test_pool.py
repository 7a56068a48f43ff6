"""Batches in worker processes: the same verdicts as here, whatever becomes of the workers."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifiers.test_hostile import HOSTILE
from tests.verifiers.traps import Trap
from tests.waiting import LIMIT, wait_until
from verifiers import (
    Ask,
    Decision,
    Limits,
    Pool,
    Problem,
    Reason,
    Request,
    Verdict,
    averify,
    averify_batch,
    verify,
    verify_batch,
    verify_completion,
)
from verifiers.pool.batch import shared_pool
from verifiers.pool.frames import Progress, State
from verifiers.pool.pool import as_verdict
from verifiers.pool.worker import VERDICT_FIELDS

EQUATION = "6 - (6+x)/x = x"
ROOT = Path(__file__).parents[2]
PAIRS = [(EQUATION, answer) for answer in ("2, 3", "2", "0, 2, 3", "no solution", "x = y")] + [
    ("2^x + x = 4", "1"),
    ("x = ", "1"),
    (Problem(equation="a - x = 1", params={"a": "a = 6"}), "5"),
    (Problem(equation="x^2 = 4", ask=Ask.SUM), "0"),
    *((EQUATION, answer) for answer in HOSTILE),
]
SHORT: dict[str, Any] = {"jobs": 1, "timeout_ms": 1000}


def essence(verdict: Verdict) -> tuple[object, ...]:
    """All but the time."""
    return (verdict.verdict, verdict.reason, verdict.answer, verdict.expected, verdict.domain,
            verdict.evidence)  # fmt: skip


EXPECTED = [essence(verify(problem, answer)) for problem, answer in PAIRS]


def judged(items: Any = PAIRS, **options: Any) -> list[tuple[object, ...]]:
    return [essence(verdict) for verdict in verify_batch(items, **{"jobs": 2, **options})]


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def is_running(pid: int) -> bool:
    return state_of(pid) != "Z"


# What a batch says


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_batch_has_the_verdicts_of_this_process_in_order(jobs: int) -> None:
    assert judged(jobs=jobs) == EXPECTED


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(len(PAIRS))))
def test_any_order_keeps_its_order(order: list[int]) -> None:
    assert judged([PAIRS[at] for at in order]) == [EXPECTED[at] for at in order]


def test_requests_of_every_kind() -> None:
    problem = Problem(equation=EQUATION)
    text = r"so \boxed{2, 3}"
    requests = [
        Request(problem=problem, text=text, is_completion=True),
        Request(gold="2, 3", text="x = 3 or x = 2"),
        Request(gold="2, 3", unknown="x", text=text, is_completion=True),
        Request(gold="?", text="2"),
    ]
    expected = [
        verify_completion(problem, text),
        verify(gold="2, 3", answer="x = 3 or x = 2"),
        verify_completion(gold="2, 3", unknown="x", completion=text),
        verify(gold="?", answer="2"),
    ]
    assert judged(requests) == [essence(verdict) for verdict in expected]
    assert verify_batch([], jobs=1) == []


def test_verdicts_are_ordinary_records() -> None:
    (verdict,) = verify_batch([(EQUATION, "2, 3")], jobs=1)
    assert verdict.verdict is Decision.CORRECT
    assert verdict.reason is Reason.EQUAL
    assert verdict.elapsed_ms > 0
    assert pickle.loads(pickle.dumps(verdict)) == verdict


@pytest.mark.parametrize("item", ["x = 1", ("x = 1",), ("x = 1", 1), (1, "x"), None])
def test_what_is_no_item(item: Any) -> None:
    with pytest.raises(ValueError, match="accepted: a Request, or a pair"):
        verify_batch([item], jobs=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout_ms": 0}, "timeout_ms is 0"),
        ({"timeout_ms": float("nan")}, "timeout_ms is nan"),
        ({"memory_mb": 8}, "memory_mb is 8; accepted: 64"),
        ({"jobs": -1}, "jobs is -1"),
    ],
)
def test_limits_that_are_none(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verify_batch([(EQUATION, "2")], **options)


# What becomes of an item that does harm: a verdict, and nothing becomes of the others


def around(item: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    return [*PAIRS[:7], item, *PAIRS[:7]]


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("hang", Reason.OUT_OF_TIME),
        ("loop", Reason.OUT_OF_TIME),
        ("eat", Reason.OUT_OF_MEMORY),
        ("eat in flint", Reason.OUT_OF_MEMORY),
        ("exit", Reason.WORKER_DIED),
        ("kill", Reason.WORKER_DIED),
        ("fail", Reason.WORKER_DIED),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_problem_that_does_harm_is_undecided(harm: str, reason: Reason, jobs: int) -> None:
    items = around((Problem(equation=Trap("x = 1", harm)), "1"))
    options = {"jobs": jobs, "timeout_ms": 20_000 if "eat" in harm else 300}
    verdicts = verify_batch(items, **options)
    assert (verdicts[7].verdict, verdicts[7].reason) == (Decision.UNDECIDED, reason)
    assert verdicts[7].evidence
    others = verdicts[:7] + verdicts[8:]
    assert [essence(verdict) for verdict in others] == EXPECTED[:7] * 2


@pytest.mark.parametrize(
    ("harm", "decision", "reason"),
    [
        ("hang", Decision.INCORRECT, Reason.OVER_BUDGET_ANSWER),
        ("eat", Decision.INCORRECT, Reason.OVER_BUDGET_ANSWER),
        ("kill", Decision.UNDECIDED, Reason.WORKER_DIED),
    ],
)
def test_an_answer_that_does_harm_is_too_large(
    harm: str, decision: Decision, reason: Reason
) -> None:
    items = around((EQUATION, Trap("2, 3", harm)))
    verdicts = verify_batch(items, jobs=1, timeout_ms=20_000 if harm == "eat" else 1000)
    assert (verdicts[7].verdict, verdicts[7].reason) == (decision, reason)
    others = verdicts[:7] + verdicts[8:]
    assert [essence(verdict) for verdict in others] == EXPECTED[:7] * 2


def test_the_evidence_says_what_happened() -> None:
    harms = ("hang", "exit", "fail")
    items = [(Problem(equation=Trap(f"x = {harm}", harm)), "1") for harm in harms]
    hung, ended, failed = verify_batch(items, **SHORT)
    assert hung.evidence == ("The problem was not settled within 1000 ms.",)
    assert hung.elapsed_ms >= 1000
    assert "exit status 3" in ended.evidence[0]
    assert "AssertionError: a bug" in failed.evidence[0]


def test_a_machine_that_stands_still_decides_no_verdict() -> None:
    """The worker stops for far longer than the limit in the midst of an item."""
    with Pool(1, Limits(timeout_ms=300)) as pool:
        problem = Problem(equation=Trap(EQUATION, "stop"))
        future = pool.submit([Request(problem=problem, text="2, 3")], [0])
        wait_until(lambda: pool.pids and "T" in map(state_of, pool.pids))
        time.sleep(1.0)
        (pid,) = pool.pids
        while not future.done():  # it looks at the problem, and stops, more than once
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.01)
        assert as_verdict(future.result()[0], VERDICT_FIELDS).verdict is Decision.CORRECT
        assert pool.num_restarts == 0


def test_a_worker_that_waits_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifiers.pool.process.STALLED_SECONDS", 0.0)
    problem = Problem(equation=Trap("x = 1", "wait"))
    (verdict,) = verify_batch([(problem, "1")], jobs=1, timeout_ms=100)
    assert verdict.reason is Reason.OUT_OF_TIME


def test_where_processor_time_is_not_told_it_is_wall_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_told(pid: int) -> float:
        raise OSError

    monkeypatch.setattr("verifiers.pool.process.worked", not_told)
    problem = Problem(equation=Trap("x = 1", "wait"))
    (verdict,) = verify_batch([(problem, "1")], jobs=1, timeout_ms=200)
    assert verdict.reason is Reason.OUT_OF_TIME
    assert verdict.elapsed_ms >= 200


def test_a_problem_that_hangs_costs_its_time_once() -> None:
    problem = Problem(equation=Trap("x = 1", "hang"))
    verdicts = verify_batch([(problem, str(n)) for n in range(8)], jobs=1, timeout_ms=1000)
    assert {verdict.reason for verdict in verdicts} == {Reason.OUT_OF_TIME}
    assert len({verdict.elapsed_ms for verdict in verdicts}) == 1  # found once, told eight times


def test_noise_of_a_worker_is_not_taken_for_results() -> None:
    items = around((Problem(equation=Trap("x = 1", "print")), "1"))
    assert verify_batch(items, jobs=1)[7].verdict is Decision.CORRECT


def test_many_harms_at_once() -> None:
    harms = [
        (Problem(equation=Trap(f"x = {n}", "exit" if n % 3 else "hang")), "1") for n in range(9)
    ]
    items = [item for harm in harms for item in (harm, *PAIRS[:7])]
    verdicts = verify_batch(items, jobs=2, timeout_ms=1000)
    assert [essence(v) for at, v in enumerate(verdicts) if at % 8] == EXPECTED[:7] * 9
    assert all(verdict.verdict is Decision.UNDECIDED for verdict in verdicts[::8])


def test_a_worker_killed_from_outside_is_replaced() -> None:
    with Pool(1) as pool:
        tasks = [Request(problem=Problem(equation=EQUATION), text="2, 3")] * 3
        pool.submit(tasks, [0, 0, 0]).result()
        (before,) = pool.pids
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: not is_running(before))
        assert len(pool.submit(tasks, [0, 0, 0]).result()) == 3
        assert pool.pids != [before]
        assert pool.num_restarts == 1


# Whoever calls


def test_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: judged(PAIRS[:20]), range(16)))
    assert results == [EXPECTED[:20]] * 16


def test_an_event_loop_is_free_meanwhile() -> None:
    async def main() -> tuple[list[Verdict], list[Verdict], int]:
        slow = asyncio.create_task(
            averify_batch([(Problem(equation=Trap("x = 1", "hang")), "1")], **SHORT)
        )
        turns = 0
        while not slow.done():
            await asyncio.sleep(0.01)
            turns += 1
        singles = await asyncio.gather(*(averify(*pair, jobs=2) for pair in PAIRS[:20]))
        return await slow, list(singles), turns

    slow, singles, turns = asyncio.run(main())
    assert slow[0].reason is Reason.OUT_OF_TIME
    assert [essence(verdict) for verdict in singles] == EXPECTED[:20]
    assert turns > 10  # some 100 in the second it hangs; held up, it would be 1


def test_averify_takes_what_verify_takes() -> None:
    assert asyncio.run(averify(gold="2", answer="x = 2", jobs=1)).verdict is Decision.CORRECT
    with pytest.raises(ValueError, match="one of a problem and gold"):
        asyncio.run(averify("x = 1", "1", gold="1"))


def in_child(results: Any) -> None:
    results.put(judged(PAIRS[:20]))


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_child_processes(method: Any) -> None:
    judged(PAIRS[:7])  # the parent has workers, which are not the child's
    before = shared_pool(2).pids
    context = multiprocessing.get_context(method)
    results = context.Queue()
    child = context.Process(target=in_child, args=(results,))
    child.start()
    assert results.get(timeout=LIMIT) == EXPECTED[:20]
    child.join(LIMIT)
    assert judged(PAIRS[:7]) == EXPECTED[:7]
    assert shared_pool(2).pids == before


def test_a_fork_while_other_threads_are_at_it() -> None:
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            judged(PAIRS[:20])

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        context = multiprocessing.get_context("fork")
        for _ in range(5):
            results = context.SimpleQueue()
            child = context.Process(target=in_child, args=(results,))
            child.start()
            child.join(LIMIT)
            assert child.exitcode == 0
            assert results.get() == EXPECTED[:20]
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# The life of a pool


@pytest.fixture
def script(tmp_path: Path) -> Any:
    def run(text: str) -> subprocess.Popen[str]:
        path = tmp_path / "main.py"
        path.write_text(textwrap.dedent(text))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, path], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        )

    return run


def test_workers_do_not_import_the_main_module(script: Any, tmp_path: Path) -> None:
    # No "if __name__" either: with multiprocessing's spawn this would not end.
    process = script("""
        print("main")
        from verifiers import verify_batch
        from verifiers.pool import shared_pool
        print(verify_batch([("x = 1", "1")], jobs=1)[0].verdict)
        (pid,) = shared_pool(1).pids
        names = open(f"/proc/{pid}/maps").read()
        print("flint" in names, "torch" in names, "numpy" in names)
    """)
    assert process.communicate(timeout=LIMIT)[0].split() == [
        "main",
        "correct",
        "True",
        "False",
        "False",
    ]
    assert process.returncode == 0


def test_workers_end_with_a_parent_that_was_killed(script: Any) -> None:
    process = script("""
        import time
        from verifiers import verify_batch
        from verifiers.pool import shared_pool
        verify_batch([("x = 1", "1")] * 100, jobs=2)
        print(*shared_pool(2).pids, flush=True)
        time.sleep(600)
    """)
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert pids
    assert all(map(is_running, pids))
    process.kill()
    process.wait()
    wait_until(lambda: not any(map(is_running, pids)))


def test_an_orphan_at_work_that_does_not_end_is_ended(script: Any) -> None:
    process = script("""
        from tests.verifiers.traps import Trap
        from verifiers import Problem, Request
        from verifiers.pool.frames import Progress
        from verifiers.pool.worker import _run
        task = Request(problem=Problem(equation=Trap("x = 1", "loop", home=1)), text="1")
        _run([task], Progress(), 1, orphaned=0.2)
    """)
    assert process.wait(LIMIT) == -signal.SIGPROF


def test_close() -> None:
    pool = Pool(1)
    request = Request(problem=Problem(equation=Trap("x = 1", "hang")), text="1")
    future = pool.submit([request], [0])
    waiting = pool.submit([request] * 3, [0, 0, 0])
    wait_until(lambda: pool.pids)
    (pid,) = pool.pids
    pool.close()
    for each in (future, waiting):
        with pytest.raises(RuntimeError, match="closed"):
            each.result(timeout=LIMIT)
    assert not is_running(pid)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit([request], [0])


def test_workers_that_cannot_start_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Pool(1) as pool, pytest.raises(RuntimeError, match="do not start"):
        pool.submit([Request(gold="1", text="1")], [0]).result(timeout=LIMIT)


def test_nothing_is_left_open() -> None:
    def num_open() -> int:
        return len(os.listdir("/proc/self/fd"))

    def use() -> None:
        with Pool(2) as pool:
            tasks = [Request(problem=Problem(equation=Trap("x = 1", "exit")), text="1")]
            pool.submit(tasks, [0]).result()

    use()
    before = num_open()
    for _ in range(3):
        use()
    assert num_open() <= before


def test_a_state_is_never_read_half_written() -> None:
    """A writer that stops after any byte, or clears the place first, leaves the state before."""
    progress = Progress()
    page = progress._page
    try:
        assert progress.get().item == -1
        progress.set(7, True, 123.5)
        progress.set(8, False, 124.5)
        before, state_before = bytes(page), progress.get()
        progress.set(9, True, 125.5)
        after = bytes(page)
        changed = [
            at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new
        ]
        for cut in range(changed[0], changed[-1] + 1):
            for rest in (before, bytes(len(before))):
                page[:] = after[:cut] + rest[cut : changed[-1] + 1] + before[changed[-1] + 1 :]
                assert progress.get() == state_before, cut
        page[:] = after
        since = progress.get().since
        assert state_before == State(8, False, state_before.since, 124.5)
        assert progress.get() == State(9, True, since, 125.5)
        assert state_before.since <= since
    finally:
        progress.close()
