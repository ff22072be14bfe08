"""Texts without regard to case (CASEI) or to accents (ACCENTI).

Both sides of a comparison go through the same SQL, so that what is equal does not hang on two versions of Unicode.
"""

from services.ogc.cql2.conditions.operands import NAMES, Kind, Operand, joined, unfit

# Lower case of upper case of lower case is full case folding (Unicode 5.18) but for two letters: the sigma at the end
# of a word, and the dotless i, which has the capital of i but does not fold to it; a code point that no text has stands
# for it meanwhile.  ICU, because PostgreSQL's other locales know no foldings of one letter to several (ß, ﬁ).
_CASE = """(translate(lower(upper(lower(translate({}, '\u0131', '\ufdd0') COLLATE "und-x-icu"))),
    'ς\ufdd0', 'σ\u0131') COLLATE "default")"""
# Combining marks of Latin, Greek, Cyrillic and symbols.  Not those of Japanese: a dakuten is no accent (が is not か).
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_ACCENTS = f"normalize(regexp_replace(normalize({{}}, NFD), '[{_MARKS}]', '', 'g'), NFC)"
_TEMPLATES = {"casei": _CASE, "accenti": _ACCENTS}


def fold(function: str, text: Operand) -> Operand:
    """One of ``tree.FOLDINGS``; ``ParameterError`` for what is no text."""
    if text.kind is not Kind.TEXT:
        raise unfit(function.upper(), text, NAMES[Kind.TEXT])
    return joined(Kind.TEXT, _TEMPLATES[function], text)
