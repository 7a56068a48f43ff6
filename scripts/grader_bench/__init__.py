"""The pieces of ``scripts/bench_grader.py`` and ``scripts/fuzz_grader.py``: no torch, no GPU."""
