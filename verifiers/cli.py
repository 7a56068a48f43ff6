"""python -m verifiers check|solve|trace|grade|serve."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from verifiers.grade import grade_file
from verifiers.pool import Limits
from verifiers.server import ServerOptions, run_server
from verifiers.solve import UndecidedError, solve
from verifiers.trace.check import check_steps
from verifiers.trace.show import render
from verifiers.types import Ask, Decision, Domain, Problem, Verdict
from verifiers.verify import verify, verify_completion

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

EXIT_STATUS = {Decision.CORRECT: 0, Decision.INCORRECT: 1, Decision.UNDECIDED: 2}
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status of ``check`` is 0, 1 or 2 as the verdict is."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (OSError, ValueError, argparse.ArgumentTypeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return status


def _check(options: argparse.Namespace) -> int:
    grade = verify_completion if options.completion else verify
    verdict = grade(_problem(options), options.answer)
    print(_report(verdict))
    return EXIT_STATUS[verdict.verdict]


def _solve(options: argparse.Namespace) -> int:
    try:
        solution = solve(_problem(options))
    except UndecidedError as error:
        print(f"undecided ({error.reason}): {error}")
        return EXIT_STATUS[Decision.UNDECIDED]
    print(f"solutions    {solution.text}")
    print(f"domain       {', '.join(solution.domain_texts) or 'all real numbers'}")
    for label, values in (("excluded", solution.excluded), ("extraneous", solution.extraneous)):
        if values:
            print(f"{label:12} {', '.join(map(str, values))}")
    print("certificate  " + "\n             ".join(solution.certificate))
    return 0


def _trace(options: argparse.Namespace) -> int:
    if options.file == "-":
        completion = sys.stdin.read()
    elif not Path(options.file).is_file():
        raise FileNotFoundError(
            f"{options.file} is not there; accepted: a text file, or - for standard input"
        )
    else:
        completion = Path(options.file).read_text(encoding="utf-8", errors="replace")
    trace = check_steps(_problem(options), completion)
    print(render(trace, completion, colour=sys.stdout.isatty()))
    return EXIT_STATUS[trace.verdict.verdict]


def _grade(options: argparse.Namespace) -> int:
    limits = Limits(timeout_ms=options.timeout_ms, memory_mb=options.memory_mb)
    summary = grade_file(
        options.source,
        options.output,
        jobs=options.jobs,
        limits=limits,
        restart=options.restart,
        steps=options.steps,
    )
    print(summary.table(), file=sys.stderr)
    if summary.interrupted:
        print("interrupted: the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    return 0


def _serve(options: argparse.Namespace) -> int:
    run_server(
        ServerOptions(
            host=options.host,
            port=options.port,
            jobs=options.jobs,
            limits=Limits(timeout_ms=options.timeout_ms, memory_mb=options.memory_mb),
            queue=options.queue,
            max_body=options.max_body_kb << 10,
        )
    )
    return 0


def _report(verdict: Verdict) -> str:
    lines = [f"{verdict.verdict} ({verdict.reason})"]
    for label, text in (("answer", verdict.answer), ("expected", verdict.expected)):
        if text is not None:
            lines.append(f"  {label:9} {text}")
    if verdict.domain:
        lines.append(f"  domain    {', '.join(verdict.domain)}")
    return "\n".join(lines + [f"  {sentence}" for sentence in verdict.evidence])


def _problem(options: argparse.Namespace) -> Problem:
    params = dict(_parameter(text) for text in options.param)
    return Problem(
        equation=options.equation,
        unknown=options.unknown,
        ask=getattr(options, "ask", Ask.SOLUTIONS),
        params=params,
        domain=options.domain,
    )


def _parameter(text: str) -> tuple[str, str]:
    name = re.match(r"\s*(\w+?)\s*[=!<>≠≤≥]", text)
    if not name:
        raise argparse.ArgumentTypeError(
            f"--param {text!r}: accepted are a value, as a=6, and a condition, as 'a != 0'"
        )
    return name[1], text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verifiers",
        description="Decides whether an answer to an equation is right, without a gold answer.",
        epilog="example: python -m verifiers check '3 - (3+y)/y = y' 'y = 1, y = 3'",
    )
    commands = parser.add_subparsers(required=True, metavar="check|solve|trace|grade|serve")
    _add_check(commands)
    _add_solve(commands)
    _add_trace(commands)
    _add_grade(commands)
    _add_serve(commands)
    return parser


def _add_check(commands: Commands) -> None:
    check = commands.add_parser(
        "check",
        help="a verdict on one answer; exit status 0 correct, 1 incorrect, 2 undecided",
        epilog="example: python -m verifiers check '6 - (6+x)/x = x' 'x = 2 or x = 3'",
    )
    _add_problem(check)
    check.add_argument("answer")
    check.add_argument("--ask", type=Ask, choices=list(Ask), default=Ask.SOLUTIONS)
    check.add_argument(
        "--completion", action="store_true", help="the answer stands in a \\boxed{} of a text"
    )
    check.set_defaults(run=_check)


def _add_solve(commands: Commands) -> None:
    solve_command = commands.add_parser(
        "solve",
        help="the solution set, the domain, and why no solution is missing",
        epilog="example: python -m verifiers solve 'a - (a+x)/x = x' --param a=6",
    )
    _add_problem(solve_command)
    solve_command.set_defaults(run=_solve)


def _add_trace(commands: Commands) -> None:
    trace = commands.add_parser(
        "trace",
        help="a completion with marks under what it claims; exit status as of check",
        epilog="example: python -m verifiers trace 'x^2 = 3x' completion.txt",
    )
    _add_problem(trace)
    trace.add_argument("file", metavar="FILE", help="the completion; - for standard input")
    trace.add_argument("--ask", type=Ask, choices=list(Ask), default=Ask.SOLUTIONS)
    trace.set_defaults(run=_trace)


def _add_grade(commands: Commands) -> None:
    grade = commands.add_parser(
        "grade",
        help="a JSONL file of answers -> a JSONL file of verdicts",
        epilog='example line: {"id": 1, "equation": "x^2 = 4", "answer": "x = 2, x = -2"}; '
        "example: python -m verifiers grade answers.jsonl -o verdicts.jsonl",
    )
    grade.add_argument(
        "source", metavar="IN.jsonl", help="also .jsonl.gz, .parquet, or - for standard input"
    )
    grade.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="OUT.jsonl",
        help="also .jsonl.gz; a run that was stopped goes on where it was",
    )
    grade.add_argument("--restart", action="store_true", help="do not go on, begin anew")
    grade.add_argument(
        "--steps", action="store_true", help="add each response's checked claims, as its trace"
    )
    _add_limits(grade)
    grade.set_defaults(run=_grade)


def _add_serve(commands: Commands) -> None:
    serve = commands.add_parser(
        "serve",
        help="the grader over HTTP: /verify, /verify_batch, /health, /metrics, /docs",
        epilog="example: python -m verifiers serve --port 8000, then "
        'curl -d \'{"equation": "x^2 = 4", "answer": "2"}\' localhost:8000/verify',
    )
    serve.add_argument("--host", default="127.0.0.1", help="by default this machine only")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--queue", type=int, default=4096, help="answers that may wait")
    serve.add_argument("--max-body-kb", type=int, default=8192, help="of a request")
    _add_limits(serve)
    serve.set_defaults(run=_serve)


def _add_problem(command: argparse.ArgumentParser) -> None:
    command.add_argument("equation", help="LaTeX, plain text or unicode, with one = in it")
    command.add_argument(
        "--unknown", help="by default the only name in the equation; x,y for several"
    )
    command.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter's value, or a condition on it, as 'a != 0'",
    )
    command.add_argument(
        "--domain", type=Domain, choices=list(Domain), default=Domain.REAL, help="by default real"
    )


def _add_limits(command: argparse.ArgumentParser) -> None:
    command.add_argument("--jobs", type=int, metavar="N", help="worker processes: one a core")
    command.add_argument(
        "--timeout-ms", type=float, default=1000, help="of processor time an answer"
    )
    command.add_argument("--memory-mb", type=int, default=256, help="of a worker")
