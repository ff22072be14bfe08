"""Each patch is still needed: unpatched pygeoapi, in a process of its own, shows the defect; patched, it is gone."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from services.ogc import patches
from services.settings import ROOT


def unpatched(code: str) -> str:
    """What a Python process prints in which no patch was applied."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_patches_are_for_the_installed_version() -> None:
    assert version("pygeoapi") == patches.VERSION


UPSTREAM = {
    "modify_pygeofilter": (
        "from pygeoapi.crs import modify_pygeofilter as m; from pygeofilter.parsers.cql2_text import parse\n"
        "p = 'http://www.opengis.net/def/crs/'\n"
        "t = m(parse('S_INTERSECTS(geometry, POINT(135 34))'), filter_crs_uri=p + 'OGC/1.3/CRS84', storage_crs_uri="
        "p + 'EPSG/0/4326', geometry_column_name='geometry')\n"
        "print(t.rhs.geometry['coordinates'])",  # the database holds x before y whatever the authority says
        "(34.0, 135.0)",
    ),
    "pygeofilter.parsers.cql2_text": (
        "from pygeofilter.parsers.cql2_text import parse; print(type(parse('aa = 1 OR bb = 2 AND cc = 3')).__name__)",
        "And",
    ),
    "to_json": (
        "from pygeoapi.util import to_json; print(to_json({'a': '<浜>'}))",
        '{"a":"&lt;\\u6d5c&gt;"}',
    ),
    "render_j2_template": (
        "from pygeoapi import l10n; from babel import Locale; ja = Locale('ja')\n"
        "l10n.translate_struct({'a': {'b': 1}}, ja, True); print(l10n.translate_struct({'a': {'b': 2}}, ja, True))",
        "{'a': {'b': 1}}",
    ),
    "get_crs": (
        "from pygeoapi.crs import get_crs; u = 'http://www.opengis.net/def/crs/EPSG/0/6668'\n"
        "print(get_crs(u) is get_crs(u))",
        "False",
    ),
    "transform_bbox": (
        "from pygeoapi.crs import transform_bbox; p = 'http://www.opengis.net/def/crs/'\n"
        "b = transform_bbox([-170000, 80000, -100000, 180000], p + 'EPSG/0/6673', p + 'OGC/1.3/CRS84')\n"
        "e = transform_bbox([-170000, 180000, -170000, 180000], p + 'EPSG/0/6673', p + 'OGC/1.3/CRS84')\n"
        "print(e[1] < b[1])",  # a corner lies south of the box of the two that were transformed
        "True",
    ),
    "validate_datetime": (
        "from datetime import UTC, datetime; from pygeoapi.api import validate_datetime as v\n"
        "e = {'temporal': {'begin': datetime(2020, 1, 1, tzinfo=UTC), 'end': None}}\n"
        "try: v(e, '2019-01-01')\nexcept ValueError as error: print(error)",
        "datetime parameter out of range",
    ),
    "get_dataset_formatters": (
        "from pygeoapi.util import get_dataset_formatters as g; d = {'providers': [{'type': 'feature'}]}\n"
        "print(list(g(d)), g(d)['CSV'] is g(d)['CSV'])",
        "['CSV'] False",
    ),
}


def test_every_patch_has_its_reason_and_its_test() -> None:
    found = patches.patches(6673)
    assert {patch.name for patch in found} | {"pygeofilter.parsers.cql2_text"} == set(UPSTREAM)
    assert all(patch.reason for patch in found)


@pytest.mark.parametrize("name", UPSTREAM)
def test_upstream_has_not_mended_it(name: str) -> None:
    code, defect = UPSTREAM[name]
    assert unpatched(code) == defect


def test_applied_twice_is_applied_once() -> None:
    code = (
        "from services.ogc import patches; import pygeoapi.crs as c; patches.apply(6673); a = c.get_crs\n"
        "patches.apply(6673); print(a is c.get_crs); import pygeoapi.api.itemtypes as i, json\n"
        "print(json.dumps(i.to_json({'a': '<浜>'}))); import pygeoapi.l10n as l; from babel import Locale\n"
        "print(json.dumps(l.translate('Collections', Locale('ja'))))"
    )
    same, text, word = unpatched(code).splitlines()
    assert same == "True"
    assert json.loads(text) == '{"a":"<浜>"}'
    assert json.loads(word) == "コレクション"
