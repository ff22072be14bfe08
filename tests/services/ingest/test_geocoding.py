"""The gazetteer of the configured city."""

from pathlib import Path

from services.database.connect import connect
from services.ingest.geocoding import city_gazetteer, gazetteer_of
from services.settings import Settings
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import load


def test_names_are_known_without_the_city() -> None:
    city = Settings().city
    towns = [("兵庫県西宮市相生町", 135.327, 34.743), ("西宮市青木町", 135.346, 34.746), ("市庭町", 135.332, 34.735)]
    gazetteer = gazetteer_of(towns, city)
    for name in ("相生町", "青木町", "市庭町"):
        located = gazetteer.locate(f"{city.prefecture_ja}{city.name_ja}{name}1-2")
        assert located is not None
        assert located.town == name
    assert gazetteer.locate("兵庫県芦屋市相生町1-2") is None


def test_only_the_towns_of_the_city_are_in_its_gazetteer(database: DatabaseUnderTest, tmp_path: Path) -> None:
    """A list of the whole country is loaded as it is; an address of the city is looked for among its own towns."""
    with connect(database.urls.ingest) as connection:
        assert city_gazetteer(connection, database.settings.city, fictitious=False) is None
    path = tmp_path / "towns.csv"
    path.write_text(
        "都道府県名,市区町村コード,市区町村名,大字町丁目コード,大字町丁目名,緯度,経度\n"
        "兵庫県,28204,西宮市,282040001000,相生町,34.743538,135.32744\n"
        "福岡県,40213,行橋市,402130001000,西宮市一丁目,33.7286,130.9783\n"
        "福岡県,40213,行橋市,402130002000,行事一丁目,33.7306,130.9750\n",
        encoding="cp932",
    )
    (report,) = load(database, path)
    assert (report.format_id, report.rows_loaded, len(report.datasets)) == ("isj-towns", 3, 2)
    with connect(database.urls.ingest) as connection:
        gazetteer = city_gazetteer(connection, database.settings.city, fictitious=False)
    assert gazetteer is not None
    assert gazetteer.locate("西宮市相生町1") is not None
    for address in ("西宮市行事一丁目1", "福岡県行橋市西宮市一丁目1", "行橋市行事一丁目1"):
        assert gazetteer.locate(address) is None, address
