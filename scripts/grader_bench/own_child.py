"""This grader in a child process: JSON lines of equation and answer in, verdicts out."""

from __future__ import annotations

import json
import sys
from time import perf_counter

from verifiers import verify, verify_completion


def main() -> None:
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        grade = verify_completion if request["completion"] else verify
        start = perf_counter()
        try:
            verdict = grade(request["equation"], request["answer"])
            said, reason = str(verdict.verdict), str(verdict.reason)
        except Exception as error:  # a crash is what is being counted here
            said, reason = "raised", f"{type(error).__name__}: {error}"[:200]
        ms = (perf_counter() - start) * 1000
        print(json.dumps({"verdict": said, "reason": reason, "ms": ms}), flush=True)


if __name__ == "__main__":
    main()
