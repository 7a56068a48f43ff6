"""Runs inside the environment of Math-Verify: JSON lines of gold and answer in, verdicts out.

The answer stands in a box, as a model writes it and as Math-Verify looks for it first; the gold
answer is LaTeX between dollars. Both of its time limits are left as they are, 5 seconds.
"""

from __future__ import annotations

import json
import logging
import sys
from threading import Thread
from time import perf_counter, process_time

from math_verify import parse, verify

logging.disable(logging.CRITICAL)  # it reports each answer that it cannot read


def judge(request: dict[str, str]) -> dict[str, object]:
    """Whether it accepts the answer, its error, and the ms of both parsings and the comparison:
    of wall time, and of processor time.
    """

    start, cpu_start = perf_counter(), process_time()
    error = None
    accepted = False
    try:
        gold = parse(f"${request['gold']}$")
        answer = parse(f"\\boxed{{{request['answer']}}}")
        accepted = bool(verify(gold, answer))
    except BaseException as caught:  # its own time-out is no Exception
        error = f"{type(caught).__name__}: {caught}"[:200]
    ms, cpu_ms = (perf_counter() - start) * 1000, (process_time() - cpu_start) * 1000
    return {"accepted": accepted, "ms": ms, "cpu_ms": cpu_ms, "error": error}


def judge_in_thread(request: dict[str, str]) -> dict[str, object]:
    """The same off the main thread, with its limits on."""
    replies: list[dict[str, object]] = []
    thread = Thread(target=lambda: replies.append(judge(request)))
    thread.start()
    thread.join()
    return replies[0]


def main() -> None:
    out = sys.stdout
    sys.stdout = sys.stderr
    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        run = judge_in_thread if request.get("thread") else judge
        print(json.dumps(run(request)), file=out, flush=True)


if __name__ == "__main__":
    main()
