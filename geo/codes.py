"""Municipality codes: 全国地方公共団体コード (6 digits, the last a check digit) and its 5-digit form, JIS X 0402.

Spreadsheets take these codes for numbers, so real files have lost leading zeros, check digits or both:
092011 -> 92011 -> 9201.  ``mend_municipality_code`` puts back what can be put back without a doubt.
"""

import re
import unicodedata
from dataclasses import dataclass

from geo.errors import InputError

_WEIGHTS = (6, 5, 4, 3, 2)
_FIVE_DIGITS = re.compile(r"[0-9]{5}")
_PREFECTURES = range(1, 48)


@dataclass(frozen=True, slots=True)
class MunicipalityCode:
    """A code as understood.

    Attributes
    ----------
    code:
        5 digits, JIS X 0402 (28204).
    mended:
        True where digits were put back; a check digit that was merely absent is no defect.
    """

    code: str
    mended: bool


def check_digit(code5: str) -> str:
    """The check digit of a 5-digit code: (11 - sum of digit x weight (6, 5, 4, 3, 2) mod 11) mod 10.

    >>> check_digit("28204")
    '9'

    Raises
    ------
    InputError
        If ``code5`` is not five ASCII digits.
    """
    if not _FIVE_DIGITS.fullmatch(code5):
        raise InputError(f"{code5!r} is not a 5-digit municipality code.")
    total = sum(int(digit) * weight for digit, weight in zip(code5, _WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def municipality_code6(code5: str) -> str:
    """The 6-digit code of a 5-digit one; raises ``InputError`` if it is not five digits."""
    return code5 + check_digit(code5)


def is_municipality_code(text: str) -> bool:
    """Whether the text is a well-formed code: 5 digits, or 6 with the right check digit, prefecture 01-47."""
    if re.fullmatch(r"[0-9]{5,6}", text) is None or int(text[:2]) not in _PREFECTURES:
        return False
    return len(text) == 5 or text[5] == check_digit(text[:5])


def mend_municipality_code(text: str) -> MunicipalityCode | None:
    """The municipality code that a cell means, or None where it means none for certain.

    Understood: 6 digits with the right check digit; 5 digits; 5 digits that are a 6-digit code without its
    leading zero; 4 digits that are a 5-digit code without it; each also full width or with a trailing ``.0``.
    Five digits that could be either (13101: a ward of Tokyo, or the remains of 013101) are read as the 5-digit
    code that they are.

    >>> mend_municipality_code("282049")
    MunicipalityCode(code='28204', mended=False)
    >>> mend_municipality_code("92011").code, mend_municipality_code("9201").code
    ('09201', '09201')
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\.0+$", "", folded)
    if not re.fullmatch(r"[0-9]{4,6}", digits):
        return None
    if is_municipality_code(digits):
        return MunicipalityCode(digits[:5], mended=digits != text.strip())
    restored = "0" + digits
    if len(digits) < 6 and is_municipality_code(restored):
        return MunicipalityCode(restored[:5], mended=True)
    return None
