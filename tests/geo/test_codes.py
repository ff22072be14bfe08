"""Municipality codes and what spreadsheets do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import check_digit, is_municipality_code, mend_municipality_code, municipality_code6
from geo.errors import InputError

CODES = st.builds(lambda prefecture, rest: f"{prefecture:02d}{rest:03d}", st.integers(1, 47), st.integers(0, 999))


@pytest.mark.parametrize(
    ("code5", "code6"), [("28204", "282049"), ("22212", "222127"), ("13101", "131016"), ("01100", "011002")]
)
def test_published_vectors(code5: str, code6: str) -> None:
    assert municipality_code6(code5) == code6
    assert is_municipality_code(code5)
    assert is_municipality_code(code6)


@given(CODES, st.integers(1, 9))
def test_any_other_check_digit_is_wrong(code5: str, step: int) -> None:
    wrong = (int(check_digit(code5)) + step) % 10
    assert not is_municipality_code(f"{code5}{wrong}")
    assert mend_municipality_code(f"{code5}{wrong}") is None


@given(CODES)
def test_sound_codes_are_not_mended(code5: str) -> None:
    for text in (code5, municipality_code6(code5)):
        code = mend_municipality_code(text)
        assert code is not None
        assert (code.code, code.mended) == (code5, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("092011", "09201"),
        ("92011", "09201"),  # the leading zero lost
        ("9201", "09201"),  # and the check digit
        ("282049.0", "28204"),
        ("２８２０４９", "28204"),
        ("1100", "01100"),
    ],
)
def test_lost_digits_are_put_back(text: str, code: str) -> None:
    found = mend_municipality_code(text)
    assert found is not None
    assert found.code == code
    assert found.mended == (text != "092011")


def test_five_digits_that_could_be_either_are_what_they_are() -> None:
    assert is_municipality_code("013102") == (check_digit("01310") == "2")
    found = mend_municipality_code("13101")
    assert found is not None
    assert (found.code, found.mended) == ("13101", False)


@pytest.mark.parametrize("text", ["", "西宮市", "282040", "99999", "123", "2820491", "48001", "28-204"])
def test_what_is_no_code(text: str) -> None:
    assert mend_municipality_code(text) is None


@pytest.mark.parametrize("text", ["2820", "282049", "2820x", "２８２０４"])
def test_a_check_digit_is_of_five_digits(text: str) -> None:
    with pytest.raises(InputError):
        check_digit(text)
