"""What the words around a formula make of it: supposed, rejected, put back, or claimed."""

from __future__ import annotations

import re
from enum import StrEnum


class Mood(StrEnum):
    """How a formula is meant."""

    CLAIMED = "claimed"
    SUPPOSED = "supposed"  # "try x = 4": claims nothing
    REJECTED = "rejected"  # "x = 2 is extraneous"


_SUPPOSING = re.compile(
    r"\b(?:try|tries|trying|suppose|supposing|if|assum(?:e|ed|ing)|test(?:ing)?|guess(?:ing)?|"
    r"maybe|perhaps|imagine|could|might|would|for|when|whenever|at|whether|unless|consider(?:ing)?|"
    r"substitut(?:e|ing)|plug(?:ging)?(?: in)?|put(?:ting)?|check(?:ing)?|verify(?:ing)?|"
    r"say|where|let(?!['’]s| us| me)|until|setting|set|re-?check(?:ing)?|"
    r"evaluat(?:e|ing)|instead of|rather than|of)\b",
    re.IGNORECASE,
)
_CLAIMING = re.compile(
    r"\b(?:so|thus|therefore|hence|gives?|giving|get|gets|we have|obtain|yields?|then|means?|"
    r"implies|implying|conclude|(?:answer|solution|root)s?(?: would(?: then| thus)? be)?|"
    r"becomes|leads to|and so|which is|follows|leaves|leaving|actually|equals|is)\b",
    re.IGNORECASE,
)
_REJECTING = re.compile(
    r"\b(?:extraneous|spurious|violat(?:es|ed|ing)|reject(?:s|ed|ing)?|discard(?:s|ed|ing)?|exclud(?:e|es|ed|ing)|"
    r"throw (?:it |this |that )?out|rul(?:e|es|ed|ing) (?:it |this |that )?out|"
    r"not (?:a |an )?(?:valid|solution|allowed|permitted|admissible|in the domain|acceptable)|"
    r"is(?:n['’]t| not) (?:a )?(?:solution|root|valid|allowed)|invalid|inadmissible|forbidden|"
    r"undefined|not defined|division by (?:zero|0)|divide by (?:zero|0)|divid(?:es|ing) by zero|"
    r"outside (?:of )?the domain|(?:cannot|can['’]?t|can not|must not|may not) (?:be|equal|have)|"
    r"does(?:n['’]t| not) (?:work|satisfy|hold|solve|check)|fails?|vanish(?:es)?|"
    r"(?:is|must|has to|gets?) (?:be )?(?:dropped|wrong|ruled out|thrown out))\b"
    r"|\bmakes? (?:the |a |both )?denominators?\b",
    re.IGNORECASE,
)
_REJECTING_BEFORE = re.compile(
    r"\b(?:reject(?:s|ed|ing)?|discard(?:s|ed|ing)?|exclud(?:e|es|ed|ing)|drop(?:s|ped|ping)?|"
    r"throw out|rul(?:e|es|ed|ing) out|eliminate|except|without|but not|"
    r"not equal(?: to)?|cannot (?:be|equal)|can['’]?t (?:be|equal))\W*\$?\s*$",
    re.IGNORECASE,
)
_AFFIRMING = re.compile(
    r"\b(?:is (?:indeed |also )?(?:a |the )?(?:valid|solution|root|fine|ok(?:ay)?)|works|"
    r"not (?:rejected|excluded|extraneous|undefined)|(?<!not )(?<!n['’]t )(?:be )?allowed)\b",
    re.IGNORECASE,
)
_THEN_REJECTED = re.compile(
    r"^[\s,]*(?:(?:we|I|it|this|that|one|must|has to|have to|should|can|is|be|gets?|to)\s+)*"
    r"(?:reject|discard|exclud|drop|throw|rul(?:e|ed) (?:it )?out|not allowed|invalid|extraneous|"
    r"spurious|inadmissible)",
    re.IGNORECASE,
)
_WOULD = re.compile(
    r"^[\s$)*\\]*would(?: only| just| instead)? (?:give|make|yield|lead|mean|produce|"
    r"result|turn|imply|require|force|need|leave)\b",
    re.IGNORECASE,
)
_OF_THEM = re.compile(
    r"\b(?:sum|product|number|difference|ratio|mean|average|squares?|count|midpoint)s?\b"
    r"[^.;\n]{0,16}\b(?:of|between)\b[^.;\n]*$",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"[\s$,\\()\[\]*]*(?:or|and|,|as well as|or else)?[\s$,\\()\[\]*]*")
_NAMING = re.compile(
    r"\b(?:solutions?|roots?|answers?|zeros?|values?(?: of [a-z])?|candidates?)\b"
    r"[^.;\n]{0,30}\b(?:are|is|:)\W{0,6}$",
    re.IGNORECASE,
)
CHECKING = re.compile(
    r"\b(?:re-?|double-?)?(?:check|verif|test|plug|substitut|confirm|sanity|put)(?:y|ie[ds]|ing|ed|s|e|"
    r"ication)?\b|\bfits\b|\bsatisf(?:y|ies)\b|:\W*$",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"\bno (?:real )?(?:solutions?|roots?)\b|\bhas no real\b"
    r"|\bdo(?:es)?(?:n['’]t| not) have (?:any )?(?:real )?(?:solutions?|roots?)\b",
    re.IGNORECASE,
)
REFLECTION = re.compile(
    r"\b(?:wait|hmm+|hold on|oops|actually|mistakes?|made an error|re-?check|double-?check|"
    r"let me (?:check|verify|re-?\w+)|re-?examine|re-?consider|aha|on second thought|"
    r"that['’]s (?:not right|wrong)|I was wrong|not correct|sorry|correction)\b",
    re.IGNORECASE,
)


def mood(before: str, lead: str, tail: str) -> Mood:
    """Of a formula, by the words ``before`` it in its sentence, the nearer ``lead``, and its
    ``tail``. The nearest word before decides between a supposition and a claim."""
    tail, *then = re.split(r"\b(?:so|but|while|and|hence|thus)\b", tail, maxsplit=1)
    if _REJECTING_BEFORE.search(lead):
        return Mood.REJECTED
    if _REJECTING.search(tail) and not _AFFIRMING.search(tail):
        return Mood.REJECTED
    if then and _THEN_REJECTED.match(then[0]):
        return Mood.REJECTED
    if _WOULD.match(tail):
        return Mood.SUPPOSED
    for words in (lead, before):
        supposed = [match.end() for match in _SUPPOSING.finditer(words)]
        claimed = [match.end() for match in _CLAIMING.finditer(words)]
        if supposed or claimed:
            is_claim = max(claimed, default=-1) > max(supposed, default=-1)
            return Mood.CLAIMED if is_claim else Mood.SUPPOSED
    return Mood.CLAIMED


def joins(lead: str) -> bool:
    """Whether the words between two values only join them: ", ", "or"."""
    return len(lead) < 40 and _CONJUNCTION.fullmatch(lead) is not None


def names_solutions(lead: str) -> bool:
    """Whether the words lead to values: "the solutions are"."""
    return _NAMING.search(lead) is not None and _OF_THEM.search(lead) is None
