"""GML: axis order, references, and XML that attacks."""

from pathlib import Path

import pytest
import shapely

from geo.errors import SourceError
from services.ingest.model import Record, Table
from services.ingest.readers import UnrecognisedError, open_file

KSJ = """<?xml version="1.0" encoding="UTF-8"?>
<ksj:Dataset xmlns:ksj="http://nlftp.mlit.go.jp/ksj/schemas/ksj-app" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:xlink="http://www.w3.org/1999/xlink" gml:id="d">
 <gml:boundedBy><gml:EnvelopeWithTimePeriod srsName="{srs}" frame="GC / JST">
  <gml:lowerCorner>34 135</gml:lowerCorner><gml:upperCorner>35 136</gml:upperCorner>
 </gml:EnvelopeWithTimePeriod></gml:boundedBy>
 <gml:Curve gml:id="c1"><gml:segments><gml:LineStringSegment>
  <gml:posList>34.7 135.3 34.7 135.4 34.8 135.4</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
 <gml:Curve gml:id="c2"><gml:segments><gml:LineStringSegment>
  <gml:posList>34.8 135.4 34.8 135.3 34.7 135.3</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
 <gml:Surface gml:id="s1"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>
  <gml:curveMember xlink:href="#c1"/><gml:curveMember xlink:href="#c2"/>
 </gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>
 <ksj:Area gml:id="a1"><ksj:bounds xlink:href="#s1"/><ksj:code codeSpace="x">01</ksj:code></ksj:Area>
 <ksj:Station gml:id="p1"><ksj:position xlink:href="#pt1"/><ksj:name>北消防署</ksj:name></ksj:Station>
 <ksj:Station gml:id="p2"><ksj:position xlink:href="#none"/><ksj:name>b</ksj:name></ksj:Station>
 <gml:Point gml:id="pt1"><gml:pos>34.75 135.35</gml:pos></gml:Point>
</ksj:Dataset>"""


def read(path: Path) -> list[tuple[Table, list[Record]]]:
    with open_file(path) as opened:
        return [(table, list(table.records())) for table in opened.tables]


@pytest.mark.parametrize(
    ("srs", "crs"), [("JGD2011 / (B, L)", 6668), ("JGD2000 / (B, L)", 4612), ("TD / (B, L)", 4301)]
)
def test_features_of_ksj_refer_to_their_geometry(tmp_path: Path, srs: str, crs: int) -> None:
    path = tmp_path / "a.xml"
    path.write_text(KSJ.format(srs=srs), encoding="utf-8")
    (area, areas), (station, stations) = read(path)
    assert (area.name, station.name) == ("Area", "Station")
    assert area.crs == station.crs == crs
    assert areas[0].values == {"gml_id": "a1", "code": "01"}
    assert areas[0].geometry is not None
    assert areas[0].geometry.bounds == (135.3, 34.7, 135.4, 34.8)
    assert areas[0].geometry.is_valid
    by_id = {record.values["gml_id"]: record for record in stations}
    point = by_id["p1"].geometry  # defined after the feature
    assert point is not None
    assert (point.x, point.y) == (135.35, 34.75)
    assert by_id["p2"].geometry is None
    assert [finding.rule for finding in by_id["p2"].findings] == ["dangling-reference"]


@pytest.mark.parametrize(
    ("srs", "first"),
    [
        ("urn:ogc:def:crs:EPSG::6668", (135.3, 34.7)),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", (135.3, 34.7)),
        ("EPSG:4326", (34.7, 135.3)),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", (34.7, 135.3)),
    ],
)
def test_axis_order_follows_the_form_of_the_srs_name(tmp_path: Path, srs: str, first: tuple[float, float]) -> None:
    path = tmp_path / "a.gml"
    path.write_text(
        f'<w:FeatureCollection xmlns:w="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:x="x">'
        f'<gml:featureMember><x:site><x:name>a</x:name><x:geom><gml:Point srsName="{srs}"><gml:pos>34.7 135.3</gml:pos>'
        "</gml:Point></x:geom></x:site></gml:featureMember></w:FeatureCollection>",
        encoding="utf-8",
    )
    ((_, (record,)),) = read(path)
    assert record.geometry is not None
    assert record.geometry.coords[0] == first
    assert record.values == {"name": "a"}


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
    ],
)
def test_document_type_declarations_are_refused(tmp_path: Path, doctype: str) -> None:
    path = tmp_path / "a.gml"
    path.write_text(KSJ.replace("?>", f"?>{doctype}", 1), encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.gml: line 1: .*DTD"):
        open_file(path)


def test_truncated_and_deeply_nested(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(KSJ[:-40], encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.gml: line \d+: the XML is not well-formed"):
        open_file(path)
    deep = KSJ.replace('<ksj:code codeSpace="x">01</ksj:code>', "<ksj:b>" * 500 + "</ksj:b>" * 500)
    path.write_text(deep, encoding="utf-8")
    with pytest.raises(SourceError, match="nested more than"):
        open_file(path)


def test_gml_without_features(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text('<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>', encoding="utf-8")
    with pytest.raises(UnrecognisedError, match="no features"):
        open_file(path)


@pytest.mark.real_data
def test_city_gml_equals_its_geojson_twin(real_data: Path) -> None:
    folder = real_data / "hazard_other_city" / "plateau_numazu"
    before = sorted(folder.iterdir())
    ((table, from_gml),) = read(folder / "523857_lsld_6668_op.gml")
    ((_, from_json),) = read(folder / "523857_lsld_6668_op.geojson")
    assert (table.crs, table.container, len(from_gml)) == (6668, "gml", 81)
    twins = {record.values["gml_id"]: record for record in from_json}
    for record in from_gml:
        twin = twins[record.values["gml_id"]]
        assert record.geometry is not None
        assert twin.geometry is not None
        assert not record.geometry.has_z
        assert record.geometry.bounds == pytest.approx(twin.geometry.bounds, abs=1e-9)
        assert shapely.area(record.geometry) == pytest.approx(shapely.area(twin.geometry), rel=1e-6)
        assert record.values["areaType"] == twin.values["areaType"]
        assert record.values["zoneName"] == twin.values["zoneName"]
    assert sorted(folder.iterdir()) == before  # nothing is written beside a file that is read
