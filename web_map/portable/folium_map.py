"""Any layers and analyses as one HTML file that asks nothing of the network."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import folium
import geopandas as gpd
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from markupsafe import Markup

from geo.errors import InputError
from layers.model import Layer, Style, Text
from web_map.drawing import shared_environment
from web_map.pages import STATIC_FOLDER, fill
from web_map.portable.drawing import Column, Drawable, Drawing
from web_map.portable.features import entry_of
from web_map.portable.inlining import self_contained
from web_map.portable.of_layer import OGC_URL, drawing_of, known_layer, read_layer
from web_map.ruby import with_ruby, without_ruby
from web_map.texts import client_texts, texts
from web_map.view import patterns_view

type Shown = str | Layer | tuple[str | Layer, gpd.GeoDataFrame] | gpd.GeoDataFrame | Drawing | Drawable

_FOLDER = Path(__file__).parent
_MODULES = (
    STATIC_FOLDER / "patterns.mjs",
    STATIC_FOLDER / "geodesy.mjs",
    *(_FOLDER / name for name in ("words.mjs", "marks.mjs", "answers.mjs", "portable.mjs")),
)
"""What the page runs, each after those that it imports."""
_IMPORT = re.compile(r'^import [^;]*? from "[^"]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|const|class|async)", re.MULTILINE)
_SAID = ("page.close", "page.other_values")
"""What the script says beside the texts of all maps."""
_HEIGHT_PX = 620
_PLAIN = ("#12395b", "#8c510a", "#5b3a8c", "#00796b", "#ad1457")
"""Of frames that are no layer, one after another."""
_OWN = frozenset({"source_id", "source_row_id", "as_of", "fictitious", "dataset", "extras", "revision"})


class PortableMap:
    """A page as ``html``; a notebook shows it as it is."""

    def __init__(self, html: str) -> None:
        self.html = html

    def save(self, path: str | Path) -> Path:
        """Write it as a file, which opens from a disk, a stick or a letter."""
        Path(path).write_text(self.html, "utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="map" style="width:100%;height:{_HEIGHT_PX}px;border:0">'
            "</iframe>"
        )


def folium_map(
    *shown: Shown,
    title: Text | str | None = None,
    language: str = "ja",
    choices: Mapping[str, str] | None = None,
    at: datetime | None = None,
    time_zone: str = "Asia/Tokyo",
    ogc: str = OGC_URL,
    extra: Iterable[Element] = (),
) -> PortableMap:
    """A map of layers and analyses in one self-contained page, with legend, popups, sources and dates.

    Parameters
    ----------
    shown:
        The topmost first: ids of layers, read from the OGC API; a layer, or its id, with features of it, which are
        drawn in its official style; any GeoDataFrame, in one colour; analyses of ``services.planning``; or a
        ``Drawing`` with a style of its own.
    language:
        ``ja`` or any other of ``layers/locales``.
    choices:
        Of layers with scenarios the one that is shown, by the layer's id; the first where not named.
    at:
        Of layers whose features hold for a time, such as evacuation orders, those that hold at this moment are shown;
        None: now.  With its offset from UTC.
    time_zone:
        In which times are said.
    ogc:
        Landing page of the API.
    extra:
        Further elements of folium.  One that loads what no installed package has is refused.

    Raises
    ------
    InputError
        If nothing is shown, there is no such layer or scenario, a frame says no reference system, or ``at`` no offset.
    SourceError
        If the API does not give a layer.
    OutsideError
        If an extra element would load something from outside.
    """
    texts(language)  # refuses what is no language
    if at is not None and at.tzinfo is None:
        raise InputError(f"{at} is in no time zone.", fix='Say which: at=datetime(..., tzinfo=ZoneInfo("Asia/Tokyo")).')
    drawings = [each for one in shown for each in _drawings(one, choices or {}, at, ogc)]
    if not drawings:
        raise InputError("No layer and no analysis is given to be shown.", fix="Give at least one.")
    plain = iter(_PLAIN * len(drawings))
    drawings = [
        replace(each, style=Style(color=next(plain), opacity=each.style.opacity))
        if each.style is _PLAIN_STYLE
        else each
        for each in drawings
    ]
    letters = _letters(drawings)
    entries = [
        entry_of(each, language, number, letter, time_zone)
        for number, (each, letter) in enumerate(zip(drawings, letters, strict=True))
    ]
    heading = title if isinstance(title, str) else (title or drawings[0].title).in_language(language)
    made_at = f"{datetime.now(UTC).astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
    figure = _Page(heading, language, made_at, entries)
    made = _Map(texts(language)).add_to(figure)
    _Drawn([each["id"] for each in reversed(entries)]).add_to(made)
    for each in extra:
        made.add_child(each)
    return PortableMap(self_contained(figure.render()))


def _letters(drawings: Sequence[Drawing]) -> list[str]:
    """What stands before the numbers of each entry's classes: nothing where one entry has any."""
    numbered = [bool(each.style.classes) for each in drawings]
    if sum(numbered) < 2:
        return [""] * len(drawings)
    return [_letter(sum(numbered[:place])) if each else "" for place, each in enumerate(numbered)]


def _letter(number: int) -> str:
    """A to Z, then AA."""
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _drawings(shown: Shown, choices: Mapping[str, str], at: datetime | None, ogc: str) -> Sequence[Drawing]:
    if isinstance(shown, Drawing):
        return [shown]
    if isinstance(shown, gpd.GeoDataFrame):
        return [_plain(shown)]
    if isinstance(shown, str | Layer):
        layer = known_layer(shown) if isinstance(shown, str) else shown
        return [drawing_of(layer, read_layer(layer.id, ogc), choices.get(layer.id), at)]
    if isinstance(shown, tuple):
        given, frame = shown
        layer = known_layer(given) if isinstance(given, str) else given
        return [drawing_of(layer, frame, choices.get(layer.id), at)]
    if hasattr(shown, "drawings"):
        return shown.drawings()
    raise InputError(
        f"A {type(shown).__name__} cannot be shown.", fix="Give a layer's id, a GeoDataFrame, an analysis or a Drawing."
    )


_PLAIN_STYLE = Style(color=_PLAIN[0], opacity=0.7)


def _plain(frame: gpd.GeoDataFrame) -> Drawing:
    """A frame that is no layer: its own columns as they are named; ``attrs["title"]`` is its title."""
    title = str(frame.attrs.get("title") or "データ Data")
    names = [str(each) for each in frame.columns if each != frame.geometry.name and each not in _OWN]
    return Drawing(
        title=Text(title, title),
        frame=frame,
        style=_PLAIN_STYLE,
        columns={name: Column(Text(name, name)) for name in names},
        title_column="name" if "name" in names else None,
    )


@cache
def _code() -> str:
    """The modules as one script: a file from a disk may not import any."""
    return "".join(_EXPORT.sub("", _IMPORT.sub("", each.read_text("utf-8"))) for each in _MODULES)


class _Page(Figure):
    """The document around the map: heading, legend, sources."""

    _template = Template(
        '<!doctype html>\n<html lang="{{ this.language }}">\n<head>\n{{ this.head }}\n'
        "{{ this.header.render(**kwargs) }}\n</head>\n<body>\n{{ this.above }}\n{{ this.html.render(**kwargs) }}\n"
        "{{ this.below }}\n<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, title: str, language: str, made_at: str, entries: list[dict[str, Any]]) -> None:
        super().__init__()
        words = texts(language)

        def say(key: str, **values: object) -> str:
            return fill(words[key], values)

        self.language = language
        page = shared_environment().get_template("portable.html")
        blocks = page.make_module(
            {
                "title": title,
                "entries": entries,
                # Here and not in an element: folium reads what elements say as templates once more.
                "style": Markup((_FOLDER / "portable.css").read_text("utf-8")),  # noqa: S704 - our own file
                "code": Markup(_code()),  # noqa: S704 - our own files
                "t": lambda key, **values: with_ruby(say(key, **values)),
                "p": lambda key, **values: without_ruby(say(key, **values)),
                "number": lambda value: f"{value:,}",
                "made_at": made_at,
                "numbered": any(each["style"]["classes"] for each in entries),
                "recoloured": any(_is_recoloured(each["style"]) for each in entries),
                "words": {
                    "texts": {
                        key: without_ruby(text)
                        for key, text in {**client_texts(language), **{key: words[key] for key in _SAID}}.items()
                        if not key.startswith(("unit.", "client.maplibre."))
                    },
                    "patterns": patterns_view(),
                },
                "fictitious": any(source["fictitious"] for each in entries for source in each["sources"]),
            }
        )
        self.head, self.above, self.below = blocks.head(), blocks.above(), blocks.below()  # type: ignore[attr-defined]


def _is_recoloured(style: Mapping[str, Any]) -> bool:
    return any(each["color"] != each["safe_color"] for each in (style, *style["classes"]))


class _Map(folium.Map):
    """folium's map with Leaflet and nothing else; pages may be enlarged, which folium's forbid."""

    default_js = folium.Map.default_js[:1]
    default_css = folium.Map.default_css[:1]
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="map" id={{ this.get_name()|tojson }} role="application" aria-label="{{ this.title|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
          preferCanvas: true, zoomControl: false, fadeAnimation: false,
          zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches
        });
        L.control.zoom({{ this.zoom|tojson }}).addTo({{ this.get_name() }});
        L.control.scale({imperial: false}).addTo({{ this.get_name() }});
        {{ this.get_name() }}.attributionControl.setPrefix(false);
        {% endmacro %}
        """
    )

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__(tiles=None)
        self.title = without_ruby(words["client.map_title"])
        self.zoom = {
            "position": "bottomright",  # answers open above
            "zoomInText": "",  # signs that are no words are drawn by the style sheet
            "zoomOutText": "",
            "zoomInTitle": without_ruby(words["client.maplibre.NavigationControl.ZoomIn"]),
            "zoomOutTitle": without_ruby(words["client.maplibre.NavigationControl.ZoomOut"]),
        }


class _Drawn(MacroElement):
    """The entries of the page, drawn in this order."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        drawEntries({{ this._parent.get_name() }}, {{ this.ids|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, ids: list[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Drawn"
        self.ids = ids
