"""A word problem -> its equation, unknown and question, or a refusal: never a guess.

The mathematics stands between ``$``, ``\\(``, ``\\[`` or as plain text. What is left of the text
must be, as a whole, one of the sentences below. A word that no sentence has ("positive", "squares
of the", "rounded") is not skipped: it may change the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from verifiers.syntax.errors import ParseError
from verifiers.syntax.parser import parse_chain
from verifiers.syntax.words import GREEK_NAMES
from verifiers.types import Ask, Domain, Problem

MAX_TEXT = 2_000
_MATH = re.compile(
    r"\$\$(.+?)\$\$|\$(.+?)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]"
    r"|(\\begin\{(?:cases|align\*?|aligned|equation\*?|gather\*?)\}.+?\\end\{[a-z]+\*?\})",
    re.DOTALL,
)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}|&|\\left\\\{|\\right\.")
_HOLE = "\x1a{}\x1a"  # stands for a formula; no text has this character
_HOLES = re.compile("\x1a([0-9]+)\x1a")

_NAME = "(?:\x1a[0-9]+\x1a|[A-Za-z](?:_[0-9A-Za-z])?)"
_NAMES = rf"{_NAME}(?:(?:, and |, | and ){_NAME})*"
_FORMULAS = "\x1a[0-9]+\x1a(?:(?:, and | and |[,;] ?| )\x1a[0-9]+\x1a)*"
_PLAIN = "[^\x1a]+?"
_KIND = r"(?:equations?|inequality|inequalities|system|system of (?:linear )?equations)"
_IT = rf"(?:(?:the |this )?(?:following |given )?{_KIND}:? ?)?(?P<equation>EQUATION)"
_GET = (
    r"(?:(?:please )?(?:find|determine|compute|calculate|evaluate|give|list|state)"
    r"|what is|what are)"
)
_NOUN = (
    rf"(?:solutions?(?: set)?|values? (?:of|for) (?P<unknown>{_NAMES})"
    rf"|numbers? (?P<unknown2>{_NAMES}))"
)
_ROOTS = r"(?P<roots>roots?)"
_OF = (
    r"(?:of|to|for|that (?:satisfy|satisfies|solves?)|which satisfy|satisfying|such that|so that"
    r"|for which|where|when|if|in)"
)
_HOLDS = r"(?: (?:holds|is true|is satisfied))?"
_END = (
    r"(?:,? (?:over|in|among|where \S+ (?:is|are)) (?:the |a )?(?:set of )?"
    r"(?:reals?|real numbers?|ℝ))?[.?!:]?"
)
_ALL = r"(?:all |the |all the |all of the |every |each )?(?:distinct |different )?(?P<real>real )?"
_DISTINCT = r"(?:all |the |all the )?(?P<distinct>(?:distinct |different )?)(?P<real>real )?"

_SENTENCES: tuple[tuple[str, Ask | None], ...] = (
    (rf"(?:please )?solve (?:for (?P<unknown>{_NAMES})(?:[:,]| in| if| when|))? ?{_IT}", None),
    (rf"(?:please )?solve {_IT} for (?P<unknown>{_NAMES})", None),
    (rf"{_GET} {_ALL}(?:{_NOUN}|{_ROOTS}) {_OF} {_IT}{_HOLDS}", None),
    (rf"{_GET} (?:all (?:real )?)?(?P<unknown>{_NAMES}) {_OF} {_IT}{_HOLDS}", None),
    (rf"for (?:what|which) (?:real )?values? of (?P<unknown>{_NAMES}) (?:is|does) {_IT}{_HOLDS}",
     None),
    (rf"(?:if|given(?: that)?|suppose(?: that)?) {_IT}[.,] (?:then )?"
     rf"(?:{_GET}|solve for) (?:the value of )?(?P<unknown>{_NAMES})", None),
    (rf"(?P<equation>EQUATION)[.,;:]? (?:{_GET}|solve for) (?:the value of )?(?P<unknown>{_NAMES})",
     None),
    (rf"let (?P<unknown>{_NAMES}) be (?:a )?real numbers? (?:such that|with|satisfying) {_IT}\. "
     rf"(?:{_GET}|solve for) (?:the value of )?{_NAMES}", None),
    *(
        (rf"{_GET} the {words} of {_DISTINCT}(?:{_NOUN}|{_ROOTS}) {_OF} {_IT}{_HOLDS}", ask)
        for words, ask in (("sum", Ask.SUM), ("product", Ask.PRODUCT), ("number", Ask.COUNT))
    ),
    *(
        (rf"{_GET} the (?:{words}) (?P<real>real )?(?:{_NOUN}|root) {_OF} {_IT}{_HOLDS}", ask)
        for words, ask in (
            ("largest|greatest|biggest|maximum", Ask.LARGEST),
            ("smallest|least|minimum", Ask.SMALLEST),
        )
    ),
    (rf"how many {_DISTINCT}(?:{_NOUN}|{_ROOTS}) (?:does|do) {_IT} have", Ask.COUNT),
    (rf"how many {_DISTINCT}(?:{_NOUN}|{_ROOTS}) are there (?:{_OF}) {_IT}", Ask.COUNT),
    (rf"how many {_DISTINCT}(?:{_NOUN}|{_ROOTS}) (?:satisfy|solve) {_IT}", Ask.COUNT),
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{3,}")
_SHORT_WORD = re.compile(
    r"(?<![\\A-Za-z])(?:as|at|be|by|do|if|in|is|it|of|on|or|so|to)(?![A-Za-z])", re.IGNORECASE
)
_RELATION = re.compile(r"[=<>≤≥≠⩽⩾]|\\(?:n?eq?|[lg]eq?|[lg]t|[lg]eqslant)(?![A-Za-z])")
_FUNCTIONS = frozenset(
    ["sqrt", "cbrt", "abs", "exp", "log", "sin", "cos", "tan", "cot", "sec", "csc"]
)
_NOISE = re.compile(
    r"^(?:question|problem|q)\s*[:.]\s*"
    r"|(?<=[.?!]) (?:please )?(?:show (?:all )?(?:your )?(?:work|steps|working)"
    r"|(?:think|reason|work)(?: it out)? step[ -]by[ -]step(?:, and put [^.]*\\boxed[^.]*)?"
    r"|(?:put|write|give|place|enter) (?:your|the) (?:final )?answers? (?:in(?:side)?|within) "
    r"(?:a )?(?:\\boxed\{\}|box))\.?(?= |$)",
    re.IGNORECASE,
)


class WordProblemError(ValueError):
    """The text is none of the questions that can be read without a guess."""


def read_word_problem(
    text: str,
    *,
    unknown: str | None = None,
    ask: Ask | None = None,
    domain: Domain = Domain.REAL,
    params: Mapping[str, str] | None = None,
) -> Problem:
    """The problem that ``text`` poses; what is given beside it must not contradict it.

    Raises ``WordProblemError``.
    """
    if len(text) > MAX_TEXT:
        raise WordProblemError(f"the problem has {len(text)} characters; at most {MAX_TEXT}")
    prose, formulas = _split(text)
    readings = dict.fromkeys(_readings(prose, formulas, frozenset(params or ())))
    if not readings:
        raise WordProblemError("the problem is no sentence with an equation that can be read")
    if len(readings) > 1:
        raise WordProblemError("the problem can be read in several ways")
    ((equation, said_unknown, said_ask),) = readings
    if unknown and said_unknown and _bare(unknown) != _bare(said_unknown):
        raise WordProblemError(f"the problem asks for {said_unknown}, the record for {unknown}")
    if ask and ask is not (said_ask or Ask.SOLUTIONS):
        raise WordProblemError(f"the problem asks for {said_ask or 'solutions'}, the record {ask}")
    return Problem(
        equation=equation,
        unknown=unknown or said_unknown,
        ask=said_ask or Ask.SOLUTIONS,
        domain=domain,
        params=dict(params or {}),
    )


def _split(text: str) -> tuple[str, list[str]]:
    """The text with holes for its formulas, in one line, and the formulas."""
    formulas: list[str] = []

    def dig(match: re.Match[str]) -> str:
        formulas.append(next(group for group in match.groups() if group is not None))
        return _HOLE.format(len(formulas) - 1)

    prose = " ".join(_MATH.sub(dig, text.replace("\x1a", "?")).split())
    prose = re.sub(r"\x1a ([.,;:?!])", "\x1a\\1", prose)
    return _NOISE.sub("", prose).strip(), formulas


Reading = tuple[str, str | None, Ask | None]


def _readings(prose: str, formulas: list[str], names: frozenset[str]) -> Iterator[Reading]:
    """Every way in which the whole text is one of the sentences."""
    for pattern, ask in _patterns(_FORMULAS if formulas else _PLAIN):
        match = pattern.fullmatch(prose)
        if match is None:
            continue
        groups = match.groupdict()
        if groups.get("roots") and ask is not None and not groups.get("real"):
            raise WordProblemError(
                "roots may be complex or counted twice: say real roots, or solutions"
            )
        equation = _equation(groups["equation"], formulas)
        unknown = groups.get("unknown") or groups.get("unknown2")
        unknown = ",".join(_fill(unknown, formulas)) if unknown else None
        if equation and _is_mathematics(equation, names) and (
            unknown is None or all(map(_is_name, unknown.split(",")))
        ):  # fmt: skip
            yield equation, unknown, ask


def _equation(slot: str, formulas: list[str]) -> str:
    parts = _fill(slot, formulas) if formulas else [slot]
    return ", ".join(part for part in parts if part)


def _fill(slot: str, formulas: list[str]) -> list[str]:
    """The formulas, or names, that stand in a slot."""
    parts = []
    for part in re.split(r", and | and |[,;] ?|(?<=\x1a) (?=\x1a)", slot):
        hole = _HOLES.fullmatch(part.strip())
        inner = formulas[int(hole[1])] if hole else part
        lines = _ENVIRONMENT.sub(" ", inner).split("\\\\")
        parts += [line.strip().rstrip(".,;").strip() for line in lines]
    return [part for part in parts if part]


def _is_mathematics(equation: str, names: frozenset[str]) -> bool:
    """Whether each part is a relation, as far as the grammar goes, and no word is in it."""
    words = set(_WORD.findall(re.sub(r"\\[A-Za-z]+", " ", equation)))
    if words - _FUNCTIONS - GREEK_NAMES - names or _SHORT_WORD.search(equation):
        return False
    for part in re.split(r"[,;]", equation):
        if not _RELATION.search(part):
            return False
        try:
            _, operators = parse_chain(part, names)
        except ParseError:
            continue  # the solver refuses it, with its reason
        if not operators:
            return False
    return True


def _is_name(text: str) -> bool:
    return re.fullmatch(r"\\?[A-Za-z]+(?:_\{?[0-9A-Za-z]+\}?)?", text) is not None


def _bare(names: str) -> str:
    return re.sub(r"[\s{}\\]", "", names)


@lru_cache
def _patterns(slot: str) -> tuple[tuple[re.Pattern[str], Ask | None], ...]:
    """The sentences with this in the place of the equation; compiled when first used."""
    return tuple(
        (re.compile(sentence.replace("EQUATION", slot) + _END, re.IGNORECASE), ask)
        for sentence, ask in _SENTENCES
    )
