"""CSV as cities publish it: encodings, headers, ragged rows, hostile lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from geo.errors import SourceError
from services.ingest.model import Action, Record, Table
from services.ingest.readers import Limits, UnrecognisedError, open_file
from services.ingest.rules import RULES

HEADER = "NO,名称,住所,緯度,経度,備考"
ROW = "1,西宮市役所,兵庫県西宮市六湛寺町10-3,34.7376,135.3415,"
Read = Callable[[bytes], tuple[Table, list[Record]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(content: bytes) -> tuple[Table, list[Record]]:
        path = tmp_path / "given.dat"
        path.write_bytes(content)
        with open_file(path) as opened:
            (table,) = opened.tables
            records = list(table.records())
        found = [finding.rule for finding in table.findings]
        found += [finding.rule for record in records for finding in record.findings]
        assert set(found) <= set(RULES)
        return table, records

    return run


def lines(*rows: str, end: str = "\r\n") -> str:
    return end.join(rows) + end


@pytest.mark.parametrize(
    ("codec", "found", "guessed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8-sig", False),
        ("cp932", "cp932", True),
        ("utf-16", "utf-16", False),
        ("utf-16-le", "utf-16-le", True),
        ("utf-16-be", "utf-16-be", True),
    ],
)
def test_encoding_is_found_and_a_guess_is_noted(read: Read, codec: str, found: str, guessed: bool) -> None:
    table, records = read(lines(HEADER, ROW).encode(codec))
    assert table.encoding == found
    assert table.columns == tuple(HEADER.split(","))
    assert records[0].values["名称"] == "西宮市役所"
    assert ("encoding-guessed" in {finding.rule for finding in table.findings}) is guessed


def test_utf16_with_tabs(read: Read) -> None:
    table, records = read(lines(HEADER, ROW).replace(",", "\t").encode("utf-16"))
    assert table.columns[1] == "名称"
    assert records[0].values["経度"] == "135.3415"


def test_wrong_encoding_names_line_and_byte(tmp_path: Path) -> None:
    good = lines(HEADER, ROW).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(good + b"2,\xff\xff,,,,\r\n")
    with pytest.raises(SourceError, match=rf"a\.csv: line 3, byte {len(good) + 2} \(0xff\) is not UTF-8"):
        open_file(path)


def test_wrong_byte_after_a_mark_is_counted_from_the_start_of_the_file(tmp_path: Path) -> None:
    good = lines(HEADER, ROW).encode("utf-8-sig")
    path = tmp_path / "a.csv"
    path.write_bytes(good + b"\xff\r\n")
    with pytest.raises(SourceError, match=rf"line 3, byte {len(good)} .*byte order mark"):
        open_file(path)


def test_number_is_the_line_on_which_a_record_begins(read: Read) -> None:
    _, records = read(lines(HEADER, '1,"二行\nの名称",,,,', ROW, end="\n").encode())
    assert [record.number for record in records] == [2, 4]
    assert records[0].values["名称"] == "二行\nの名称"


def test_ragged_rows_are_reported_and_never_shifted(read: Read) -> None:
    _, records = read(lines(HEADER, ROW, "2,a,b,34.7,135.3,x,surplus", "3,a,b,34.7,135.3", "4,a").encode())
    found = [(record.number, f.rule, f.action) for record in records for f in record.findings]
    assert found == [
        (3, "row-too-long", Action.REJECTED),
        (4, "row-too-short", Action.NOTED),
        (5, "row-too-short", Action.REJECTED),
    ]
    assert records[2].values["経度"] == "135.3"
    assert records[2].values["備考"] is None


def test_empty_cells_beyond_the_header_are_no_defect(read: Read) -> None:
    _, records = read(lines(HEADER, ROW + ",,").encode())
    assert records[0].findings == ()


def test_blank_rows_and_footer_travel_with_the_record_before(read: Read) -> None:
    _, records = read(lines(HEADER, ROW, ",,,,,", ",,,,,", ROW, "バージョン1.2,,,,,").encode())
    assert [record.number for record in records] == [2, 5]
    (blank,) = records[0].findings
    assert (blank.rule, blank.row, blank.detail) == ("blank-row", 3, "rows 3 to 4")
    (footer,) = records[1].findings
    assert (footer.rule, footer.row, footer.old) == ("footer-row", 6, "バージョン1.2,,,,,")


def test_zero_bytes_in_a_cell_are_taken_out_and_reported(read: Read) -> None:
    _, records = read(lines(HEADER, "1,西\x00宮,,,,").encode())
    assert records[0].values["名称"] == "西宮"
    (finding,) = records[0].findings
    assert (finding.rule, finding.column, finding.old) == ("control-character", "名称", "西␀宮")


def test_preamble_is_skipped_and_kept(read: Read) -> None:
    table, records = read(lines("#LINK,,", "#license,CC BY,", "#property,name,address", "#type,s,s", "7,a,b").encode())
    assert table.columns == ("#property", "name", "address")
    assert table.metadata["#license"] == "CC BY"
    assert [(f.rule, f.row) for f in table.findings] == [("preamble-skipped", n) for n in (1, 2, 4)]
    assert records[0].values == {"#property": "7", "name": "a", "address": "b"}


def test_title_above_the_header_is_preamble(read: Read) -> None:
    table, records = read(lines("指定避難所一覧,,,,,", HEADER, ROW).encode())
    assert table.columns == tuple(HEADER.split(","))
    assert [record.number for record in records] == [3]


def test_groups_over_a_second_row(read: Read) -> None:
    top = "NO,名称,位置,,災害種別,,備考"
    below = ",,緯度,経度,洪水,津波,"
    table, records = read(lines(top, below, "1,a,34.7,135.3,1,,").encode())
    assert table.columns == ("NO", "名称", "緯度", "経度", "災害種別_洪水", "災害種別_津波", "備考")
    assert [record.number for record in records] == [3]
    assert "header-joined" in {finding.rule for finding in table.findings}


def test_second_row_of_e_stat_is_titles(read: Read) -> None:
    codes = "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001141001"
    table, records = read(lines(codes, ",,,,人口（総数）", "523502873,0,,,1234").encode("cp932"))
    assert table.columns == tuple(codes.split(","))
    assert table.metadata["title:T001141001"] == "人口（総数）"
    assert [record.values["T001141001"] for record in records] == ["1234"]


def test_repeated_and_nameless_columns_get_names(read: Read) -> None:
    table, records = read(lines("名称,備考,備考,", "a,b,c,d").encode())
    assert table.columns == ("名称", "備考", "備考_2", "列4")
    assert records[0].values == {"名称": "a", "備考": "b", "備考_2": "c", "列4": "d"}
    assert {finding.rule for finding in table.findings} == {"column-repeated", "column-unnamed"}


def test_an_unclosed_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(HEADER, ROW, '2,"open,,,,', ROW), encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.csv: line 3: .*never closed"), open_file(path) as opened:
        list(opened.tables[0].records())


def test_header_only(read: Read) -> None:
    table, records = read((HEADER + "\n").encode())
    assert records == []
    assert [finding.rule for finding in table.findings] == ["no-rows"]


def test_text_that_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "readme.csv"
    path.write_text("ただの文章です。\n二行目。\n", encoding="utf-8")
    with pytest.raises(UnrecognisedError, match=r"readme\.csv: .*no table"):
        open_file(path)


def test_a_line_of_two_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(lines(HEADER, ROW).encode() + b"x" * (3 << 20))
        file.truncate(2 << 30)  # sparse: takes no room
    with pytest.raises(SourceError, match=r"huge\.csv: line 3 is longer than 1,048,576"):
        open_file(path)


def test_the_limit_of_a_line_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(HEADER, "1," + "あ" * 200_000 + ",,,,"), encoding="utf-8")
    with pytest.raises(SourceError, match="line 2 is longer than 100,000"):
        open_file(path, limits=Limits(max_line_bytes=100_000))


def test_hundred_thousand_rows_stream(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "many.csv"
    path.write_text(lines(HEADER, *[ROW] * 100_000), encoding="utf-8")
    tracemalloc.start()
    try:
        with open_file(path) as opened:
            count = sum(1 for _ in opened.tables[0].records())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 8 << 20  # the file alone has 8 MB, its rows as objects ten times that


def test_records_can_be_read_again(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(HEADER, ROW), encoding="utf-8")
    with open_file(path) as opened:
        assert list(opened.tables[0].records()) == list(opened.tables[0].records())


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "count"), [("01_wakayama", 249), ("06_tanabe", 257)])
def test_three_header_rows_of_real_files(real_data: Path, name: str, count: int) -> None:
    with open_file(real_data / "messy" / f"old_hinansaki{name}_cp932.csv") as opened:
        (table,) = opened.tables
        records = list(table.records())
    assert table.columns == (
        "避難先名称",
        "避難が予想される住民の地区名",
        "避難が予想される住民の地区名_2",
        "避難が予想される住民の地区名_3",
        "指定場所",
        "市町村名",
        "避難種別",
        "避難所区分",
        "土砂災害・浸水・津波浸水予測地域",
        "（風水害）緊急避難先レベル",
        "（津波）緊急避難先レベル",
        "耐震性",
        "備蓄の有無",
        "備蓄品目",
        "標高（m）",
        "経度：東経(世界測地系10進法)",
        "緯度：北緯(世界測地系10進法)",
        "備考１",
        "備考２（発電機有無）",
        "収容人数",
        "所在地",
    )
    assert len(records) == count
    assert all(33 < float(str(record.values[table.columns[16]])) < 35 for record in records)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "count", "encoding"),
    [
        ("medical/kinki_kouseikyoku_medical_institutions_nishinomiya.csv", 553, "utf-8"),
        ("messy/2021_wakayamashi_utf8bom.csv", 332, "utf-8-sig"),
        ("messy/old_data__0060.csv", 193, "utf-8-sig"),
        ("messy/hospital__data.csv", 628, "utf-8"),
        ("rain/amedas_hanshin_hourly_2023-07-13_2023-12-06.csv", 30029, "utf-8"),
        ("address/japanpost_postalcodes_28204.csv", 322, "utf-8"),
    ],
)
def test_real_files(real_data: Path, name: str, count: int, encoding: str) -> None:
    with open_file(real_data / name) as opened:
        (table,) = opened.tables
        records = list(table.records())
    assert (len(records), table.encoding) == (count, encoding)
    assert not any(f.action is Action.REJECTED for record in records for f in record.findings)
