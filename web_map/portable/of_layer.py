"""A layer of the catalogue as an entry of a portable map: official colours and words, source and date of its rows."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import requests

from geo.errors import InputError, SourceError
from layers.catalogue import catalogue
from layers.licences import known_licences
from layers.maplibre import first_choice
from layers.model import FieldKind, Geometry, Layer, Text, Theme
from layers.palettes import in_safe_colours
from layers.patterns import patterns_of
from web_map.portable.drawing import Column, Drawing, Source

OGC_URL = "http://127.0.0.1:8000/ogc"
"""The public face as `make up` serves it."""
LICENCE = "licence"
"""Where a frame has the ids of its licences, in ``attrs``: those of the data, which the declaration may not know."""
_TIMEOUT_S = 120


def known_layer(layer_id: str) -> Layer:
    """The declaration; ``InputError`` where there is none, or nothing of it can be drawn as features."""
    layer = catalogue().get(layer_id)
    if layer is None or layer.geometry in (Geometry.RASTER, Geometry.NONE):
        drawn = [each.id for each in catalogue().values() if each.geometry not in (Geometry.RASTER, Geometry.NONE)]
        raise InputError(f"{layer_id!r} is no layer with features.", fix=f"Choose one of {', '.join(sorted(drawn))}.")
    return layer


def read_layer(layer_id: str, url: str) -> gpd.GeoDataFrame:
    """All features of a layer from an OGC API, with ``LICENCE``; ``SourceError`` where it does not give them."""
    collection = f"{url}/collections/{layer_id}"
    try:
        about = requests.get(collection, {"f": "json"}, timeout=_TIMEOUT_S)
        about.raise_for_status()
        licences = about.json().get("license", "")
        answer = requests.get(f"{collection}/items", {"f": "fgb"}, timeout=_TIMEOUT_S)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise SourceError(
            f"{url} does not give {layer_id}: {error}", fix="Start it (ngis up), or give its address with ogc=."
        ) from error
    frame = gpd.read_file(io.BytesIO(answer.content))
    frame.attrs[LICENCE] = [each for each in licences.split(", ") if each]
    return frame


def drawing_of(layer: Layer, frame: gpd.GeoDataFrame, choice: str | None = None, at: datetime | None = None) -> Drawing:
    """Features of a layer in its own style.

    Of a layer with scenarios those of one, the first where none is given.  Of a layer whose features hold for a time
    those that hold ``at`` a moment: now, where none is given.
    """
    shown, notes = frame, []
    one_of = layer.style.one_of
    if one_of is not None and one_of in frame.columns:
        titles = {str(code.value): code.title for code in _codes_of(layer, one_of)}
        value = choice or first_choice(layer) or ""
        if value not in titles:
            raise InputError(f"{layer.id} has no {one_of} {value!r}.", fix=f"Choose one of {', '.join(titles)}.")
        shown = frame[frame[one_of] == value]
        notes.append(titles[value])
    moment = None
    if layer.holds is not None and set(layer.holds) <= set(frame.columns):
        moment = datetime.now(UTC) if at is None else at
        shown = _holding(shown, layer.holds, moment)
    safe = in_safe_colours(layer)
    return Drawing(
        title=layer.title,
        frame=shown,
        style=layer.style,
        safe_style=None if safe is layer else safe.style,
        patterns=patterns_of(layer),
        geometry=layer.geometry,
        columns={
            field.name: Column(
                field.title,
                field.unit or (field.codes.unit if field.codes else None),
                {str(code.value): code.title for code in _codes_of(layer, field.name)},
                field.kind is FieldKind.FLAG,
            )
            for field in layer.public_fields
        },
        title_column=layer.title_field,
        sources=sources_of(layer, frame),
        notes=notes,
        hazard=layer.theme is Theme.HAZARD,
        at=moment,
    )


def _holding(frame: gpd.GeoDataFrame, names: tuple[str, str], at: datetime) -> gpd.GeoDataFrame:
    """What holds at a moment; what does not say since when, or until when, does."""
    from_, until = (pd.to_datetime(frame[name], utc=True, errors="coerce") for name in names)
    return frame[~(from_ > at) & ~(until <= at)]


def sources_of(layer: Layer, frame: gpd.GeoDataFrame) -> list[Source]:
    """Of the rows' own columns ``source_id``, ``as_of``, ``fictitious``: each source once, its oldest date.

    A date that some rows lack is unknown.  A frame without these columns says nothing of its source.  What is made
    up has not the licence under which others publish in its form.
    """
    if "source_id" not in frame.columns:
        return []
    formats = {each.id: each for each in layer.formats}
    found = []
    for name, rows in frame.groupby("source_id", dropna=False):
        declared = formats.get(str(name))
        given = declared.attribution if declared is not None and declared.attribution is not None else layer.attribution
        dates = rows["as_of"] if "as_of" in rows.columns else pd.Series([None])
        oldest = None if dates.isna().any() else str(dates.astype(str).min())[:10]
        made_up = "fictitious" in rows.columns and bool(rows["fictitious"].fillna(False).any())
        licence = declared.licence if declared is not None and declared.licence is not None else layer.licence
        usual = None if made_up else licence.title
        title = given if declared is None else _in_form(declared.title) if made_up else _both(declared.title, given)
        found.append(Source(title, oldest, made_up, named(frame.attrs.get(LICENCE, ())) or usual))
    return found


def named(licences: Sequence[str]) -> Text | None:
    """Licences by their ids, in words; None where there are none."""
    titles = [known_licences()[each].title if each in known_licences() else Text(each, each) for each in licences]
    return Text("、".join(each.ja for each in titles), ", ".join(each.en for each in titles)) if titles else None


def _in_form(form: Text) -> Text:
    """Whoever usually publishes in a form has not given what is made up."""
    return Text(f"架空データ（「{form.ja}」の形式）", f"fictitious data (in the form of: {form.en})")


def _both(first: Text, second: Text) -> Text:
    return Text(f"{first.ja}（{second.ja}）", f"{first.en} ({second.en})")


def _codes_of(layer: Layer, name: str) -> tuple:  # type: ignore[type-arg]
    codes = layer.by_name[name].codes
    return () if codes is None else codes.codes
