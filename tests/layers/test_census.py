"""Undoing suppression: everybody is counted once, nobody twice, nobody vanishes."""

import pytest

from geo.errors import InputError
from layers.model import Values
from layers.population_areas import age_bands, merge_areas
from layers.population_mesh import LAYER, merge_cells

CODES = ("523502871", "523502872", "523502873", "523502874")


def cell(key: str, treatment: str, to: str, merged: str, total: object, aged: object, number: int = 0) -> Values:
    return {
        "": number,
        "KEY_CODE": key,
        "HTKSYORI": treatment,
        "HTKSAKI": to,
        "GASSAN": merged,
        "T001141001": total,
        "T001141019": aged,
    }


def test_cells_that_were_not_treated_stay_as_they_are() -> None:
    (only,) = merge_cells([cell(CODES[0], "0", "", "", "120", "31")])
    assert (only["T001141001"], only["T001141019"], only["GASSAN"]) == (120, 31, [])


def test_a_starred_cell_is_in_its_destination_already() -> None:
    merged = merge_cells([
        cell(CODES[0], "2", CODES[1], "", "*", "*", 3),
        cell(CODES[1], "1", "", CODES[0], "123", "40", 4),
    ])  # fmt: skip
    assert len(merged) == 1
    assert merged[0][""] == 4
    assert merged[0]["T001141001"] == 123
    assert merged[0]["GASSAN"] == [CODES[0]]


def test_a_total_published_for_a_suppressed_cell_is_added_and_its_starred_breakdown_is_not() -> None:
    (merged,) = merge_cells([
        cell(CODES[0], "2", CODES[1], "", "3", "*"),
        cell(CODES[1], "1", "", CODES[0], "120", "41"),
    ])  # fmt: skip
    assert (merged["T001141001"], merged["T001141019"]) == (123, 41)


def test_a_chain_of_destinations_ends_at_the_cell_that_is_published() -> None:
    (merged,) = merge_cells([
        cell(CODES[0], "2", CODES[1], "", "2", "*"),
        cell(CODES[1], "2", CODES[2], CODES[0], "4", "*"),
        cell(CODES[2], "1", "", CODES[1], "100", "30"),
    ])  # fmt: skip
    assert merged["T001141001"] == 106
    assert merged["KEY_CODE"] == CODES[2]
    assert sorted(merged["GASSAN"]) == [CODES[0], CODES[1]]  # type: ignore[call-overload]


def test_several_cells_into_one() -> None:
    merged = merge_cells([
        cell(CODES[0], "2", CODES[3], "", "*", "*"),
        cell(CODES[1], "0", "", "", "50", "9"),
        cell(CODES[2], "2", CODES[3], "", "*", "*"),
        cell(CODES[3], "1", "", f"{CODES[0]};{CODES[2]}", "77", "20"),
    ])  # fmt: skip
    assert [row["KEY_CODE"] for row in merged] == [CODES[1], CODES[3]]
    assert merged[1]["GASSAN"] == [CODES[0], CODES[2]]


def test_people_whose_destination_is_outside_the_file_do_not_vanish() -> None:
    (left,) = merge_cells([cell(CODES[0], "2", "513502879", "", "3", "*")])
    assert (left["T001141001"], left["T001141019"]) == (3, None)


def test_a_circle_is_an_error_that_names_the_cells() -> None:
    with pytest.raises(InputError, match=CODES[0]):
        merge_cells([cell(CODES[0], "2", CODES[1], "", "*", "*"), cell(CODES[1], "2", CODES[0], "", "*", "*")])


def test_the_second_header_row_is_no_data() -> None:
    titles = cell("", "", "", "", "　人口（総数）", "　６５歳以上人口　総数")
    assert len(merge_cells([titles, cell(CODES[0], "0", "", "", "1", "0")])) == 1


def test_a_dash_is_zero_and_a_star_is_unknown() -> None:
    (row,) = merge_cells([cell(CODES[0], "0", "", "", "-", "*")])
    assert (row["T001141001"], row["T001141019"]) == (0, None)


def test_mesh_codes_name_the_cell_and_those_united_with_it() -> None:
    derive = LAYER.formats[1].derive
    assert derive is not None
    derived = derive({"mesh_code": "523502873", "mesh_codes": ["523502871"]})
    assert derived["mesh_codes"] == ["523502873", "523502871"]
    assert (derived["mesh_size_m"], derived["primary_mesh"]) == (500, "5235")


def area(key: str, level: str, total: str, treatment: str = "0", to: str = "", under: str = "1") -> Values:
    return {
        "KEY_CODE": key,
        "HYOSYO": level,
        "CITYNAME": "西宮市",
        "NAME": "甲子園口",
        "HTKSYORI": treatment,
        "HTKSAKI": to,
        "GASSAN": "",
        "T001082001": total,
        "T001082017": under,
    }


def test_small_areas_leave_out_what_only_adds_up() -> None:
    rows = merge_areas([
        area("28204", "1", "300"),
        area("282040010", "2", "200"),
        area("28204001001", "4", "120"),
        area("28204001002", "4", "80"),
        area("282040020", "3", "100"),
    ])  # fmt: skip
    assert [row["KEY_CODE"] for row in rows] == ["28204001001", "28204001002", "282040020"]
    assert sum(int(str(row["T001082001"])) for row in rows) == 300


def test_the_destination_of_a_small_area_lacks_the_municipality() -> None:
    (row,) = merge_areas([
        area("28204001001", "4", "3", "2", "001002", under="X"),
        area("28204001002", "4", "80", "1", under="9"),
    ])  # fmt: skip
    assert (row["T001082001"], row["T001082017"], row["GASSAN"]) == (83, 9, ["28204001001"])


def bands(count: int) -> dict[str, object]:
    ages = [*(f"{age}_to_{age + 4}" for age in range(0, 85, 5)), "85_plus"]
    return {f"{sex}_{age}": str(count) for sex in ("male", "female") for age in ages}


def test_age_bands_are_sums_of_five_year_bands() -> None:
    derived = age_bands(bands(10))
    assert derived == {
        "aged_under_15": 60,
        "aged_15_to_64": 200,
        "aged_65_plus": 100,
        "aged_75_plus": 60,
    }


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    derived = age_bands({**bands(10), "male_70_to_74": ""})
    assert derived["aged_65_plus"] is None
    assert derived["aged_75_plus"] == 60


def test_the_finer_bands_above_85_make_the_top_band() -> None:
    values = bands(10)
    for sex in ("male", "female"):
        del values[f"{sex}_85_plus"]
        values.update({f"{sex}_{band}": "4" for band in ("85_to_89", "90_to_94", "95_to_99")})
        values[f"{sex}_100_plus"] = "1"
    derived = age_bands(values)
    assert derived["male_85_plus"] == 13
    assert derived["aged_75_plus"] == 66
