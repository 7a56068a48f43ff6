"""The OpenAPI description of the records, by hand: they are read by ``verifiers.record``."""

from __future__ import annotations

from typing import Any

from verifiers.types import Ask, Decision, Domain, Reason

DESCRIPTION = (
    "Decides whether an answer to an equation problem is right, and says why. A record that is"
    " malformed gets an undecided verdict; a body that is no JSON gets status 400."
)
_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}

RECORD: dict[str, Any] = {
    "type": "object",
    "description": "One of equation, problem and gold; one of answer and response.",
    "properties": {
        "id": {"description": "anything; it comes back"},
        "equation": {"oneOf": [_TEXT, _TEXTS]},
        "problem": {"type": "string", "description": "a word problem with its equation in it"},
        "gold": {"type": "string", "description": "a gold answer, where the problem is not known"},
        "answer": {"type": "string", "description": "a bare answer"},
        "response": {"type": "string", "description": "a completion with a \\boxed{answer}"},
        "unknown": _TEXT,
        "domain": {"type": "string", "enum": [str(each) for each in Domain], "default": "real"},
        "params": {"type": "object", "additionalProperties": _TEXT},
        "ask": {"type": "string", "enum": [str(each) for each in Ask], "default": "solutions"},
    },
}
VERDICT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {},
        "verdict": {"type": "string", "enum": [str(each) for each in Decision]},
        "reason": {"type": "string", "enum": [str(each) for each in Reason]},
        "answer": _TEXT_OR_NULL,
        "expected": _TEXT_OR_NULL,
        "domain": _TEXTS,
        "evidence": _TEXTS,
        "elapsed_ms": {"type": "number"},
    },
}
_ASKED = {"id": 1, "equation": "3 - (3+y)/y = y", "answer": "y = 1, y = 3"}
_FROM_A_TEXT = {
    "id": "b",
    "problem": "Solve $x^2 = 4$ for $x$.",
    "response": "So \\boxed{x = \\pm 2}.",
}
_GOLD = {"id": "c", "gold": "x = 3", "answer": "3"}
_GIVEN = {
    "id": 1,
    "verdict": "incorrect",
    "reason": "not_a_solution",
    "answer": "{1, 3}",
    "expected": "no real solutions",
    "domain": ["y != 0"],
    "evidence": ["y = 1 is not a solution: the left side is -1, the right side 1."],
    "elapsed_ms": 0.4,
}


def _content(schema: dict[str, Any], **examples: Any) -> dict[str, Any]:
    named = {name: {"value": value} for name, value in examples.items()}
    return {"application/json": {"schema": schema, "examples": named}}


def _operation(
    asked: dict[str, Any], given: dict[str, Any], questions: dict[str, Any], answer: Any
) -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": _content(asked, **questions)},
        "responses": {"200": {"content": _content(given, verdict=answer)}},
    }


SINGLE = _operation(
    RECORD, VERDICT, {"equation": _ASKED, "problem": _FROM_A_TEXT, "gold": _GOLD}, _GIVEN
)
BATCH = _operation(
    {"type": "array", "items": RECORD},
    {"type": "array", "items": VERDICT},
    {"records": [_ASKED, _FROM_A_TEXT, _GOLD]},
    [_GIVEN],
)
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is no JSON, or not of the right shape."},
    413: {"description": "The body is too large, or has more records than the queue."},
    503: {"description": "The queue is full; Retry-After says when to come again."},
}
