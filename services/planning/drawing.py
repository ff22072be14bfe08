"""How analyses are drawn on a portable map: the classes and colours of their reports."""

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd

from layers.model import Style, Text
from layers.palettes import ranks_in_safe_colours
from layers.patterns import patterns_in_turn
from layers.result_classes import CLASS, EMPTY, EXCLUDED, LEGEND, legend_from_json
from web_map.portable.drawing import Column, Drawing, Source
from web_map.portable.of_layer import named

_OPACITY = 0.65
_SITE = Style(color="#111111", radius=7, outline="#ffffff")
_COLUMNS: Mapping[str, Column] = {
    "name": Column(Text("名称", "Name")),
    "town": Column(Text("町", "Town")),
    "demand": Column(Text("需要", "Demand")),
    "excluded": Column(Text("除外の理由", "Why excluded")),
    "first_s": Column(Text("最初の到着", "First arrival"), "s"),
    "first_by": Column(Text("最初に着く施設", "First by")),
    "second_s": Column(Text("2番目の到着", "Second arrival"), "s"),
    "facilities_within": Column(Text("基準内の施設", "Facilities in time")),
    "cut_first_s": Column(Text("道路が断たれたときの到着", "First arrival with roads cut"), "s"),
    "today_s": Column(Text("今の到着", "First arrival today"), "s"),
    "covered": Column(Text("充足", "Covered")),
    "unknown": Column(Text("不明", "Unknown")),
    "uncovered": Column(Text("不足", "Uncovered")),
    "nearest_m": Column(Text("最も近い水利", "Nearest water"), "m"),
    "within_reach": Column(Text("基準内の需要", "Demand in time")),
    "lost_if_it_fails": Column(Text("なくなると届かなくなる需要", "Lost if it fails")),
    "served": Column(Text("定員の中で受け持つ需要", "Served within capacities")),
    "kind": Column(Text("区別", "Kind")),
    "serves": Column(Text("受け持つ需要", "Serves")),
    "gains": Column(Text("新たに充足する需要", "Gains")),
    "supply": Column(Text("供給", "Supply")),
    "per_1000": Column(Text("千人あたりの供給", "Supply for 1,000 people")),
    "nearest_s": Column(Text("最も近い所まで", "To the nearest"), "s"),
    "used": Column(Text("この災害に使える", "Used for the hazard")),
    "in_zones": Column(Text("区域内の人", "People in the zones")),
    "zone_unknown": Column(Text("区域内か分からない人", "Not known whether in the zones")),
    "assigned": Column(Text("入れる人", "With a place")),
    "room_unknown": Column(Text("収容力の分からない所だけの人", "With sites of unknown room only")),
    "overflowed": Column(Text("あふれる人", "Without a place")),
    "too_far": Column(Text("遠すぎる人", "Too far")),
    "index": Column(Text("需要指数", "Index of demand")),
    "population": Column(Text("人口", "People")),
    "older": Column(Text("高齢者", "Older people")),
    "incidents": Column(Text("事案", "Incidents")),
}


def demand_drawing(demand: gpd.GeoDataFrame, answer: Mapping[str, Any], title: Text) -> Drawing:
    """Demand by its classes, as ``frames.layer`` gives it; places where nobody is are left out."""
    frame = demand[demand[CLASS] != EMPTY.value]
    classes = tuple(each for each in legend_from_json(demand.attrs[LEGEND]) if each != EMPTY)
    style = Style(color=EXCLUDED.color, by=CLASS, classes=classes, opacity=_OPACITY)
    return Drawing(
        title=title,
        frame=frame,
        style=style,
        safe_style=ranks_in_safe_colours(style),
        patterns=patterns_in_turn(style),
        columns=_COLUMNS,
        sources=_sources(answer),
        notes=[_same(answer["headline"]), *map(_same, answer["notes"])],
    )


def sites_drawing(sites: gpd.GeoDataFrame, answer: Mapping[str, Any], title: Text) -> Drawing:
    """Facilities as points."""
    return Drawing(
        title=title,
        frame=sites,
        style=_SITE,
        columns=_COLUMNS,
        title_column="name" if "name" in sites.columns else "town",
        sources=_sources(answer),
    )


def _sources(answer: Mapping[str, Any]) -> list[Source]:
    """Every layer that was read, each once."""
    told: Iterable[Mapping[str, Any]] = answer["sources"]
    return [
        Source(
            _same(f"{each['title']}（{each['source']}）"),
            each["as_of"],
            each["fictitious"],
            named(each.get("licence", ())),
        )
        for each in told
    ]


def _same(said: str) -> Text:
    """What the answer says in its language."""
    return Text(said, said)
