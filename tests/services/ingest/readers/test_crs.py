"""Names of reference systems as files write them."""

import pytest

from services.ingest.readers.crs import epsg_of_name

_ESRI_ZONE_8 = (
    'PROJCS["JGD_2000_Japan_Zone_8",GEOGCS["GCS_JGD_2000",DATUM["D_JGD_2000",SPHEROID["GRS_1980",6378137.0,'
    '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",138.5],'
    'PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",36.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EPSG:2447", 2447),
        ("urn:ogc:def:crs:EPSG::6668", 6668),
        ("urn:ogc:def:crs:EPSG:8.9:4612", 4612),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("http://www.opengis.net/def/crs/EPSG/0/6697", 6668),
        ("http://www.opengis.net/gml/srs/epsg.xml#4301", 4301),
        ("fguuid:jgd2011.bl", 6668),
        ("JGD2011 / 5(X, Y)", 6673),
        ("TD / 5(X, Y)", 30165),
        ("JGD2011 / 25(X, Y)", None),
        ("JGD2011 / Japan Plane Rectangular CS V", 6673),
        ("JGD2011 / UTM zone 53N", 6690),
        (_ESRI_ZONE_8, 2450),
        ("no such system", None),
        ("", None),
    ],
)
def test_names_of_files(name: str, code: int | None) -> None:
    assert epsg_of_name(name) == code
