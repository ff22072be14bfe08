"""The gazetteer of the configured city."""

from services.ingest.geocoding import gazetteer_of
from services.settings import Settings


def test_names_are_known_without_the_city() -> None:
    city = Settings().city
    towns = [("兵庫県西宮市相生町", 135.327, 34.743), ("西宮市青木町", 135.346, 34.746), ("市庭町", 135.332, 34.735)]
    gazetteer = gazetteer_of(towns, city)
    for name in ("相生町", "青木町", "市庭町"):
        located = gazetteer.locate(f"{city.prefecture_ja}{city.name_ja}{name}1-2")
        assert located is not None
        assert located.town == name
    assert gazetteer.locate("兵庫県芦屋市相生町1-2") is None
