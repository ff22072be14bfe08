"""Styled Layer Descriptors, 1.0 and 1.1 (with Symbology Encoding), as GeoServer and QGIS read them.

Sizes are pixels, colours the official ones.  A class is a rule with its title; what is in no class has the last rule.
"""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from geo.tile_matrix import PIXEL_M, WEB_MERCATOR_QUAD
from layers.model import Geometry
from services.ogc.rights import display_title
from services.ogc.source import Source
from services.ogc.styles.choices import StyleChoice
from services.ogc.styles.legend import OTHER, UNKNOWN_CLASS

_SLD = "http://www.opengis.net/sld"
_SE = "http://www.opengis.net/se"
_OGC = "http://www.opengis.net/ogc"
_XLINK = "http://www.w3.org/1999/xlink"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMAS = {
    "1.0.0": f"{_SLD} http://schemas.opengis.net/sld/1.0.0/StyledLayerDescriptor.xsd",
    "1.1.0": f"{_SLD} http://schemas.opengis.net/sld/1.1.0/StyledLayerDescriptor.xsd",
}
_OUTLINE = "#ffffff"


class _Writer:
    """Elements in the namespaces of one version."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.symbology = _SE if version == "1.1.0" else _SLD
        self.parameter = "SvgParameter" if version == "1.1.0" else "CssParameter"

    def add(self, parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
        """A child in the namespace of symbols."""
        found = ElementTree.SubElement(parent, f"{{{self.symbology}}}{name}")
        found.text = text
        return found

    def paint(self, parent: ElementTree.Element, name: str, values: Mapping[str, object]) -> None:
        """``Fill`` or ``Stroke`` with its parameters."""
        made = self.add(parent, name)
        for key, value in values.items():
            self.add(made, self.parameter, str(value)).set("name", key)

    def described(self, parent: ElementTree.Element, name: str, title: str) -> None:
        self.add(parent, "Name", name)
        if self.version == "1.1.0":
            self.add(self.add(parent, "Description"), "Title", title)
        else:
            self.add(parent, "Title", title)


def sld(source: Source, choice: StyleChoice, version: str, language: str) -> bytes:
    """The document, ``version`` 1.0.0 or 1.1.0, in UTF-8."""
    for prefix, uri in (("sld", _SLD), ("se", _SE), ("ogc", _OGC), ("xlink", _XLINK), ("xsi", _XSI)):
        ElementTree.register_namespace(prefix, uri)
    writer = _Writer(version)
    layer, style = source.layer, source.layer.style
    root = ElementTree.Element(f"{{{_SLD}}}StyledLayerDescriptor", {"version": version})
    root.set(f"{{{_XSI}}}schemaLocation", _SCHEMAS[version])
    named = ElementTree.SubElement(root, f"{{{_SLD}}}NamedLayer")
    writer.add(named, "Name", layer.id)
    user = ElementTree.SubElement(named, f"{{{_SLD}}}UserStyle")
    title = f"{display_title(source).in_language(language)}"
    if choice.value is not None:
        title = f"{title}: {choice.title.in_language(language)}"
    # In 1.1 name and description of a style are SE's, the style itself is SLD's.
    writer.described(user, choice.id, title)
    is_grid = layer.geometry is Geometry.RASTER
    kind = writer.add(user, "CoverageStyle" if is_grid and version == "1.1.0" else "FeatureTypeStyle")
    if style.by is not None:
        for entry in style.classes:
            rule = writer.add(kind, "Rule")
            writer.described(rule, str(entry.value), entry.title.in_language(language))
            _filter(rule, source, choice, entry.value)
            _scale(writer, rule, style.min_zoom)
            _symbolizers(writer, rule, source, entry.color, entry.width or style.width, entry.opacity)
    rule = writer.add(kind, "Rule")
    if style.by is not None and style.classes:
        other = UNKNOWN_CLASS if layer.is_ranked else OTHER
        writer.described(rule, "other", other.in_language(language))
        _filter(rule, source, choice, None)
        if choice.value is None:
            writer.add(rule, "ElseFilter")
    else:
        writer.described(rule, layer.id, title)
        _filter(rule, source, choice, None)
    _scale(writer, rule, style.min_zoom)
    if is_grid:
        _relief(writer, rule, style.ramp)
    else:
        _symbolizers(writer, rule, source, style.color, style.width)
    ElementTree.indent(root, " ")
    document: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document


def _filter(rule: ElementTree.Element, source: Source, choice: StyleChoice, value: str | int | bool | None) -> None:
    """The condition of a rule: its class (None: in no class), and the value that the style shows.

    Without a value to show, what is in no class needs no condition: ``ElseFilter`` says it.
    """
    style = source.layer.style
    if value is None and choice.value is None:
        return
    parent = ElementTree.SubElement(rule, f"{{{_OGC}}}Filter")
    if choice.value is not None and style.by is not None:
        parent = ElementTree.SubElement(parent, f"{{{_OGC}}}And")
    if choice.value is not None:
        _compared(parent, "PropertyIsEqualTo", str(style.one_of), choice.value)
    if style.by is None:
        return
    if value is not None:
        _compared(parent, "PropertyIsEqualTo", style.by, value)
        return
    # An ElseFilter would take in the features of the other choices.  Unknown equals nothing and differs from nothing.
    either = ElementTree.SubElement(parent, f"{{{_OGC}}}Or")
    unknown = ElementTree.SubElement(either, f"{{{_OGC}}}PropertyIsNull")
    ElementTree.SubElement(unknown, f"{{{_OGC}}}PropertyName").text = style.by
    others = ElementTree.SubElement(either, f"{{{_OGC}}}And") if len(style.classes) > 1 else either
    for entry in style.classes:
        _compared(others, "PropertyIsNotEqualTo", style.by, entry.value)


def _compared(parent: ElementTree.Element, operator: str, name: str, value: str | int | bool) -> None:
    comparison = ElementTree.SubElement(parent, f"{{{_OGC}}}{operator}")
    ElementTree.SubElement(comparison, f"{{{_OGC}}}PropertyName").text = name
    text = str(value).lower() if isinstance(value, bool) else str(value)
    ElementTree.SubElement(comparison, f"{{{_OGC}}}Literal").text = text


def _scale(writer: _Writer, rule: ElementTree.Element, min_zoom: int) -> None:
    """Nothing is drawn at smaller scales than that of the first zoom."""
    if min_zoom:
        cell = WEB_MERCATOR_QUAD.cell_size_m(min_zoom)
        writer.add(rule, "MaxScaleDenominator", f"{cell / PIXEL_M * 2**0.5:.0f}")


def _symbolizers(
    writer: _Writer, rule: ElementTree.Element, source: Source, color: str, width: float, opacity: float | None = None
) -> None:
    layer, style = source.layer, source.layer.style
    if layer.geometry in (Geometry.LINE, Geometry.MULTILINE, Geometry.ANY):
        if style.outline is not None:
            casing = {"stroke": style.outline, "stroke-width": width + 2, "stroke-linecap": "round"}
            writer.paint(writer.add(rule, "LineSymbolizer"), "Stroke", casing)
        line = {"stroke": color, "stroke-opacity": style.opacity, "stroke-width": width, "stroke-linecap": "round"}
        writer.paint(writer.add(rule, "LineSymbolizer"), "Stroke", line)
    # A line symbolizer draws the edges of areas, and a point symbolizer a mark in the middle of what is no point: so
    # these two draw any geometry, while a polygon symbolizer would fill lines.
    if layer.geometry in (Geometry.POINT, Geometry.ANY):
        graphic = writer.add(writer.add(rule, "PointSymbolizer"), "Graphic")
        mark = writer.add(graphic, "Mark")
        writer.add(mark, "WellKnownName", "circle")
        writer.paint(mark, "Fill", {"fill": color, "fill-opacity": style.opacity})
        writer.paint(mark, "Stroke", {"stroke": style.outline or _OUTLINE, "stroke-width": 1.5})
        writer.add(graphic, "Size", str(style.radius * 2))
    if layer.geometry in (Geometry.MULTIPOLYGON, Geometry.RASTER):
        polygon = writer.add(rule, "PolygonSymbolizer")
        writer.paint(polygon, "Fill", {"fill": color, "fill-opacity": opacity or style.opacity})
        writer.paint(polygon, "Stroke", {"stroke": style.outline or color, "stroke-width": style.width})


def _relief(writer: _Writer, rule: ElementTree.Element, ramp: Sequence[tuple[float, str]]) -> None:
    """Colours by value, linear between them, and a shaded relief."""
    symbolizer = writer.add(rule, "RasterSymbolizer")
    colours = writer.add(symbolizer, "ColorMap")
    if writer.version == "1.1.0":
        between = writer.add(colours, "Interpolate")
        for name, value in (("fallbackValue", ramp[0][1]), ("mode", "linear"), ("method", "color")):
            between.set(name, value)
        writer.add(between, "LookupValue", "Rasterdata")
        for height, color in ramp:
            point = writer.add(between, "InterpolationPoint")
            writer.add(point, "Data", f"{height:g}")
            writer.add(point, "Value", color)
    else:
        for height, color in ramp:
            entry = writer.add(colours, "ColorMapEntry")
            for name, value in (("color", color), ("quantity", f"{height:g}"), ("label", f"{height:g} m")):
                entry.set(name, value)
    writer.add(writer.add(symbolizer, "ShadedRelief"), "ReliefFactor", "1")
