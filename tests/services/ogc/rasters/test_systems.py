"""Reference systems as requests name them, and the names of their axes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.ogc.errors import ParameterError, ResourceError
from services.ogc.rasters.systems import CRS84_SYSTEM, parsed, system_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://www.opengis.net/def/crs/EPSG/0/6668", 6668),
        ("https://www.opengis.net/def/crs/EPSG/10.2/6668", 6668),
        ("urn:ogc:def:crs:EPSG::6673", 6673),
        ("[EPSG:3857]", 3857),
        ("EPSG:4326", 4326),
        ("epsg:4326", 4326),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "CRS84"),
        ("[OGC:CRS84]", "CRS84"),
    ],
)
def test_forms(text: str, code: object) -> None:
    assert parsed("crs", text) == code


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    assume(not text.strip().upper().startswith(("EPSG:", "[EPSG:", "HTTP", "URN:", "OGC:", "[OGC:")))
    with pytest.raises(ParameterError, match="crs: "):
        parsed("crs", text)


def test_axes() -> None:
    assert system_of(6668).axes == ("Lat", "Lon")
    assert CRS84_SYSTEM.axes == ("Lon", "Lat")
    assert system_of(6673).axes == ("N", "E")
    assert system_of(3857).axes == ("E", "N")
    assert "X" in system_of(6673).y_names  # northing, as its authority and every Japanese surveyor has it
    assert "X" in system_of(3857).x_names
    assert system_of(4326).crs == system_of(6668).crs == 6668


@pytest.mark.parametrize("epsg", [99999, 4978, 5773])
def test_what_has_no_such_axes_is_none(epsg: int) -> None:
    with pytest.raises(ResourceError):
        system_of(epsg)
