"""Bytes of the database are spliced in as they are; what looks at single features sees the same."""

import json

from services.ogc.geojson import RawFeatures, dumps, to_json

RAW = '[{"id":"a","properties":{"name":"<浜> \\" \\\\ %b"}},{"id":"b","properties":{"x":1.10}}]'.encode()


def test_bytes_go_in_unchanged() -> None:
    page = to_json({"type": "FeatureCollection", "features": RawFeatures(RAW, 2), "numberReturned": 2, "links": []})
    assert isinstance(page, bytes)
    assert RAW in page
    assert json.loads(page) == {
        "type": "FeatureCollection",
        "features": json.loads(RAW),
        "numberReturned": 2,
        "links": [],
    }


def test_nothing_beside_the_features() -> None:
    page = to_json({"type": "FeatureCollection", "features": RawFeatures(b"[]", 0)})
    assert json.loads(page) == {"type": "FeatureCollection", "features": []}


def test_raw_features_are_a_list() -> None:
    features = RawFeatures(RAW, 2)
    assert len(features) == 2
    assert bool(features)
    assert not RawFeatures(b"[]", 0)
    assert [feature["id"] for feature in features] == ["a", "b"]
    features[0] = {"id": "c"}
    assert len(features) == 2
    assert json.loads(features.encoded())[0] == {"id": "c"}


def test_other_documents_are_text() -> None:
    assert to_json({"a": "<西宮>"}) == '{"a":"<西宮>"}'
    assert dumps([1], pretty=True) == "[\n  1\n]"
