"""Kept results of analyses as layers: declared by what an analysis gave, under a name that somebody chose."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from geo.errors import InputError
from layers import licences, owners
from layers.model import (
    RESERVED_FIELDS,
    Code,
    CodeList,
    Embedded,
    Field,
    FieldKind,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    StyleClass,
    Text,
    Theme,
    UpdateFrequency,
)
from layers.result_classes import CLASS, FIFTHS, LEGEND, Legend, legend_as_json, legend_from_json

PREFIX = "result-"
"""Of the ids of these layers, which no declared layer has."""
IDENTITY = "feature_id"
_LONGEST = 40  # the table's name, with those of its indexes, has 63 bytes
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FIELD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_YES, _NO, _COLOUR, _OF_NO_CLASS = "#4575b4", "#d73027", "#5b3a8c", "#bdbdbd"
_OPACITY = 0.6
_CLASS_TITLE = Text("区分", "Class")
_TITLES = {
    IDENTITY: "もとの識別子",
    "town": "町",
    "demand": "需要",
    "weight": "重み",
    "excluded": "除外の理由",
    "covered": "届く",
    "population": "人口",
    "older": "高齢者",
    "incidents": "事案",
    "index": "需要指数",
    "index_class": "指数の5区分",
}


@dataclass(frozen=True, slots=True)
class ResultDeclaration:
    """What is particular to the layer of one result: columns are names with the kind of their values.

    ``legend``: the classes of the column ``CLASS``; none where the analysis has told none.
    """

    name: str
    title: Text
    description: Text
    geometry: Geometry
    columns: Mapping[str, FieldKind]
    attribution: Text
    legend: Legend = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > _LONGEST:
            raise InputError(
                f"{self.name!r} is no name of a result.",
                fix=f"Use small letters, digits and hyphens, at most {_LONGEST}: coverage-2026.",
            )

    @classmethod
    def of_features(
        cls,
        name: str,
        title: Text,
        description: Text,
        attribution: Text,
        features: Iterable[Mapping[str, Any]],
        legend: Legend = (),
    ) -> Self:
        """By GeoJSON features; columns without any value, and names that no field can have, are left out.

        Raises
        ------
        InputError
            If there is no feature, or the name is none.
        """
        rows = list(features)
        kinds = {str(row["geometry"]["type"]) for row in rows}
        if not kinds:
            raise InputError("The result has no features, so there is nothing to keep as a layer.")
        geometry = Geometry.ANY
        if kinds == {"Point"}:
            geometry = Geometry.POINT
        elif kinds <= {"Polygon", "MultiPolygon"}:
            geometry = Geometry.MULTIPOLYGON
        columns: dict[str, FieldKind] = {IDENTITY: FieldKind.TEXT}
        for column in dict.fromkeys(column for row in rows for column in row["properties"]):
            values = [row["properties"].get(column) for row in rows]
            kind = _kind([value for value in values if value is not None])
            if kind is not None and _FIELD.fullmatch(column) and column not in RESERVED_FIELDS:
                columns[column] = kind
        return cls(name, title, description, geometry, columns, attribution, legend)

    @classmethod
    def from_json(cls, name: str, stored: Mapping[str, Any]) -> Self:
        title, description, attribution = (
            Text(stored[each]["ja"], stored[each]["en"]) for each in ("title", "description", "attribution")
        )
        columns = {column: FieldKind(kind) for column, kind in stored["columns"]}
        legend = legend_from_json(stored.get(LEGEND, ()))  # results kept by earlier versions have none
        return cls(name, title, description, Geometry(stored["geometry"]), columns, attribution, legend)

    def as_json(self) -> dict[str, Any]:
        texts = {"title": self.title, "description": self.description, "attribution": self.attribution}
        return {
            **{name: {"ja": text.ja, "en": text.en} for name, text in texts.items()},
            "geometry": str(self.geometry),
            "columns": [[column, str(kind)] for column, kind in self.columns.items()],
            LEGEND: legend_as_json(self.legend),
        }


def result_layer(declaration: ResultDeclaration) -> Layer:
    """The layer of a result: internal until it is published, read from the file that the analysis made."""
    layer_id = f"{PREFIX}{declaration.name}"
    return Layer(
        id=layer_id,
        title=declaration.title,
        description=declaration.description,
        theme=Theme.ANALYSIS,
        geometry=declaration.geometry,
        fields=tuple(_field(declaration, name, kind) for name, kind in declaration.columns.items()),
        formats=(
            SourceFormat(
                id=f"{layer_id}-geojson",
                title=declaration.title,
                columns={name: name for name in declaration.columns},
                signature=frozenset({IDENTITY}),
                geometry=Embedded(),
                identity=(IDENTITY,),
            ),
        ),
        style=_style(declaration),
        licence=licences.PDL_1_0,
        attribution=declaration.attribution,
        owner=owners.MAPPING,
        update_frequency=UpdateFrequency.NOT_PLANNED,
        title_field="town" if "town" in declaration.columns else IDENTITY,
        keywords=("分析", "analysis"),
        is_result=True,
    )


def name_of(layer: Layer) -> str:
    """The name under which a result was kept."""
    return layer.id.removeprefix(PREFIX)


def _kind(values: list[Any]) -> FieldKind | None:
    """None where there is no value, or one that no field can have."""
    if not values:
        return None
    if all(isinstance(value, bool) for value in values):
        return FieldKind.FLAG
    if any(isinstance(value, bool) for value in values):
        return None
    if all(isinstance(value, int) for value in values):
        return FieldKind.INTEGER
    if all(isinstance(value, int | float) for value in values):
        return FieldKind.NUMBER
    if all(isinstance(value, str) for value in values):
        return FieldKind.TEXT
    if all(isinstance(value, list) and all(isinstance(each, str) for each in value) for value in values):
        return FieldKind.TEXT_LIST
    return None


def _field(declaration: ResultDeclaration, name: str, kind: FieldKind) -> Field:
    if name == CLASS and declaration.legend:
        codes = tuple(Code(each.value, each.title, each.color) for each in declaration.legend)
        listed = CodeList(f"{PREFIX}{declaration.name}-class", _CLASS_TITLE, codes, source=declaration.title.ja)
        return Field(name=name, kind=FieldKind.CODE, title=_CLASS_TITLE, codes=listed)
    return Field(name=name, kind=kind, title=Text(_TITLES.get(name, name), name.replace("_", " ")))


def _style(declaration: ResultDeclaration) -> Style:
    """By the classes that the analysis told; else by a column of fifths (``…_class``), or the first of yes or no."""
    by, classes = _classes(declaration)
    if by is None:
        return Style(color=_COLOUR, opacity=_OPACITY, outline="#ffffff")
    return Style(color=_OF_NO_CLASS, by=by, classes=classes, opacity=_OPACITY, width=0.6)


def _classes(declaration: ResultDeclaration) -> tuple[str | None, Legend]:
    columns = declaration.columns
    if declaration.legend and CLASS in columns:
        return CLASS, declaration.legend
    for name, kind in columns.items():
        if name.endswith("_class") and kind is FieldKind.INTEGER:
            return name, tuple(
                StyleClass(number, Text(f"5区分の{number}", f"fifth {number}"), colour)
                for number, colour in enumerate(FIFTHS, 1)
            )
    flag = next((name for name, kind in columns.items() if kind is FieldKind.FLAG), None)
    if flag is None:
        return None, ()
    title = _TITLES.get(flag, flag)
    return flag, (
        StyleClass(True, Text(f"{title}：はい", f"{flag}: yes"), _YES),
        StyleClass(False, Text(f"{title}：いいえ", f"{flag}: no"), _NO),
    )
