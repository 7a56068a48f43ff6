"""Small data sets in the columns that the real ones have on the hub, written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

DAPO_BEFORE = (
    "Solve the following math problem step by step. The last line of your response should be of the"
    " form Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\n"
)
DAPO_AFTER = '\n\nRemember to put your answer on its own line after "Answer:".'

GSM8K: list[dict[str, Any]] = [
    {
        "question": "Ann has 3 boxes of 12 pens and gives 6 away. How many are left?",
        "answer": "3 boxes hold 3*12 = <<3*12=36>>36 pens.\n36-6 = <<36-6=30>>30.\n#### 30",
    },
    {
        "question": "A car costs $1,500 more than a bike of $200. What does it cost?",
        "answer": "1500 + 200 = <<1500+200=1700>>1700.\n#### 1,700",
    },
]
MATH: list[dict[str, Any]] = [
    {
        "problem": "What is $\\frac{1}{2} + \\frac{1}{3}$?",
        "level": "Level 1",
        "type": "Prealgebra",
        "solution": "Over 6 it is $3/6 + 2/6$, that is $\\boxed{\\frac{5}{6}}$.",
    },
    {
        "problem": "Find the roots of $x^2 = 9$.",
        "level": "Level 2",
        "type": "Algebra",
        "solution": "They are $\\boxed{-3, 3}$.",
    },
]
MATH_500: list[dict[str, Any]] = [
    {
        "problem": "Solve $2x + 7 = 15$.",
        "solution": "Half of 8 is $\\boxed{4}$.",
        "answer": "4",
        "subject": "Algebra",
        "level": 1,
        "unique_id": "test/algebra/1.json",
    }
]
DAPO: list[dict[str, Any]] = [
    {
        "data_source": "math_dapo",
        "prompt": [{"content": f"{DAPO_BEFORE}{words}{DAPO_AFTER}", "role": "user"}],
        "ability": "MATH",
        "reward_model": {"ground_truth": answer, "style": "rule-lighteval/MATH_v2"},
        "extra_info": {"index": "9a9b6eb4-a1cb-49d1-8c1e-62eaf2f74079"},
    }
    for words, answer in (("How many primes are below 20?", "8"), ("What is $5!$?", "120"))
    for _ in range(3)  # there, too, each problem comes many times, under one index
]
BIG_MATH: list[dict[str, Any]] = [
    {
        "problem": "The sum of two numbers is 30, their difference 4. What is the larger one?",
        "answer": "17",
        "source": "orca_math",
        "domain": ["Mathematics -> Algebra -> Prealgebra -> Integers"],
        "llama8b_solve_rate": 0.828125,
    }
]
DEEPMATH: list[dict[str, Any]] = [
    {
        "question": "Evaluate $\\int_0^1 3x^2 \\, dx$.",
        "final_answer": "1",
        "difficulty": 5.0,
        "topic": "Mathematics -> Calculus -> Integral Calculus",
        "r1_solution_1": "...",
        "r1_solution_2": "...",
        "r1_solution_3": "...",
    }
]
ROWS = {
    "gsm8k": GSM8K, "math": MATH, "math-500": MATH_500, "dapo-math-17k": DAPO,
    "big-math": BIG_MATH, "deepmath": DEEPMATH,
}  # fmt: skip


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path
