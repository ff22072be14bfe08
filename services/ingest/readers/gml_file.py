"""GML in its three Japanese uses: 国土数値情報 (JPGIS), CityGML of PLATEAU, and feature collections of a WFS.

Read here rather than through GDAL, which guesses types (a code ``01`` becomes 1) and would have to be allowed to
follow references.  Features stream; of 国土数値情報 the geometries, which features refer to, are held.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import SourceError
from services.ingest.model import Action, Finding, Record, Table
from services.ingest.readers import safe_xml
from services.ingest.readers.crs import epsg_of_name
from services.ingest.readers.gml_geometry import GEOMETRIES, HREF, Frame, GeometryError, Node, build, srs_name
from services.ingest.readers.opened import Contents, Limits, UnrecognisedError

_GML = "http://www.opengis.net/gml"
_MEMBERS = frozenset({"featureMember", "featureMembers", "member", "members", "cityObjectMember"})
_ID = frozenset({f"{_GML}}}id", f"{_GML}/3.2}}id", f"{_GML}/3.3}}id"})
_CHUNK = 1 << 16
_MAX_DEPTH = 64


def read_gml(path: Path, *, limits: Limits, name: str = "") -> Contents:
    """One table for each type of feature (its element name), in the order of their first appearance.

    ``values``: ``gml_id`` and the text of every element of the feature under its local name, as text; of an element
    within an element under ``outer_inner``; of a generic attribute of CityGML under its name; several of one name
    joined by ``;``.  ``Record.number`` is the ordinal among all features of the file.  The first geometry of a feature
    is its geometry, two-dimensional, x before y by what its ``srsName`` says of axis order.

    Raises
    ------
    SourceError
        If the XML is damaged, truncated or has a DTD; ``UnrecognisedError`` if it holds no feature.
    """
    columns: dict[str, dict[str, None]] = {}
    counts: dict[str, int] = {}
    srs: dict[str, str] = {}
    document = Document()
    for feature in features(path, document, limits):
        kind = columns.setdefault(feature.name, {})
        kind.update(dict.fromkeys(_values(feature)))
        counts[feature.name] = counts.get(feature.name, 0) + 1
        if feature.name not in srs:
            found = _geometry_node(feature, document)
            own = (srs_name(found) if found is not None else None) or document.srs
            if own:
                srs[feature.name] = own
    if not columns:
        raise UnrecognisedError(
            f"{path.name}: the XML holds no features.", fix="Give the GML file with the data, not its metadata."
        )
    tables = []
    for feature_type, names in columns.items():
        crs = epsg_of_name(srs[feature_type]) if feature_type in srs else None
        findings = []
        if feature_type in srs and crs is None:
            findings.append(Finding("crs-unrecognised", Action.NOTED, old=srs[feature_type]))
        if document.dimension == 3:
            findings.append(Finding("geometry-flattened", Action.NOTED))
        tables.append(
            Table(
                name="/".join(filter(None, (name, feature_type if len(columns) > 1 else ""))),
                container="gml",
                columns=tuple(names),
                records=lambda kind=feature_type: _records(path, kind, limits),  # type: ignore[misc]
                crs=crs,
                encoding="utf-8",
                metadata={
                    "feature_type": feature_type,
                    "features": str(counts[feature_type]),
                    "srs_name": srs.get(feature_type, ""),
                },
                findings=tuple(findings),
            )
        )
    return Contents(tables=tuple(tables))


@dataclass
class Document:
    """What features need from the rest of their document."""

    geometries: dict[str, Node] = field(default_factory=dict)
    srs: str = ""
    dimension: int = 2

    def note_envelope(self, node: Node) -> None:
        srs = srs_name(node)
        if not srs:
            return
        self.srs = srs
        envelope = node if "srsDimension" in node.attributes else next(iter(node.children), node)
        stated = envelope.attributes.get("srsDimension", "")
        self.dimension = int(stated) if stated in ("2", "3") else _dimension_of(srs)

    @property
    def frame(self) -> Frame:
        return Frame(self.geometries.get, self.srs, self.dimension)


def _dimension_of(srs: str) -> int:
    code = srs.replace("#", "/").replace(":", "/").rpartition("/")[2]
    try:
        return len(CRS.from_epsg(int(code)).axis_info) if code.isdigit() else 2
    except CRSError:
        return 2


def _records(path: Path, kind: str, limits: Limits) -> Iterator[Record]:
    document = Document()
    pending: list[tuple[int, Node]] = []  # features that refer to what comes later in the file
    for number, feature in enumerate(features(path, document, limits), start=1):
        if feature.name != kind:
            continue
        if _refers_ahead(feature, document):
            pending.append((number, feature))
        else:
            yield _record(number, feature, document)
    for number, feature in pending:
        yield _record(number, feature, document)


def _record(number: int, feature: Node, document: Document) -> Record:
    node = _geometry_node(feature, document)
    if node is None:
        lost = [child.href for child in feature.children if child.href is not None]
        notes = (Finding("dangling-reference", Action.NOTED, number, old=", ".join(lost)),) if lost else ()
        return Record(number, _values(feature), findings=notes)
    try:
        geometry = build(node, document.frame)
    except GeometryError as error:
        finding = Finding("geometry-unreadable", Action.NOTED, number, detail=str(error))
        return Record(number, _values(feature), findings=(finding,))
    return Record(number, _values(feature), None if geometry.is_empty else geometry)


def _refers_ahead(feature: Node, document: Document) -> bool:
    return any(child.href is not None and child.href not in document.geometries for child in feature.children)


def _geometry_node(feature: Node, document: Document) -> Node | None:
    """The first geometry of a feature, inline or referred to."""
    for child in feature.children:
        if child.name == "boundedBy":
            continue
        if child.href is not None and child.href in document.geometries:
            return document.geometries[child.href]
        if child.name in GEOMETRIES and child.namespace.startswith(_GML):
            return child
        inner = next((node for node in child.children if node.name in GEOMETRIES), None)
        if inner is not None:
            return inner
    return None


def _values(feature: Node) -> dict[str, object]:
    values: dict[str, object] = {}
    for key in _ID:
        if key in feature.attributes:
            values["gml_id"] = feature.attributes[key]
    _collect(feature, "", values)
    return values


def _collect(node: Node, prefix: str, values: dict[str, object]) -> None:
    for child in node.children:
        if child.name in GEOMETRIES or child.name == "boundedBy" or child.href is not None:
            continue
        if any(inner.name in GEOMETRIES for inner in child.children):
            continue
        label = child.attributes.get("name") if child.name.endswith("Attribute") else None
        name = f"{prefix}{label or child.name}"
        if label:
            _put(values, name, "".join(inner.text for inner in child.children).strip())
        elif child.children:
            _collect(child, f"{name}_", values)
        else:
            _put(values, name, child.attributes.get(HREF, "") or child.text.strip())


def _put(values: dict[str, object], name: str, text: str) -> None:
    values[name] = f"{values[name]};{text}" if name in values else text


def features(path: Path, document: Document, limits: Limits) -> Iterator[Node]:
    """The features in document order, filling ``document`` on the way."""
    builder = _Builder(path.name, document, limits.max_element_bytes)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                builder.parser.Parse(chunk, False)
                yield from builder.take()
            builder.parser.Parse(b"", True)
            yield from builder.take()
    except expat.ExpatError as error:
        raise safe_xml.not_well_formed(path.name, error) from error
    except (ValueError, LookupError) as error:
        raise safe_xml.unreadable_encoding(path.name, error) from error


class _Builder:
    """Builds one element tree at a time from the events of the parser, and lets go of it when it is complete."""

    def __init__(self, name: str, document: Document, max_element: int) -> None:
        self.parser = safe_xml.new_parser(name)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._name = name
        self._document = document
        self._max_element = max_element
        self._stack: list[Node] = []
        self._depth = 0
        self._members = 0  # depth of open member elements: features are their children
        self._ready: list[Node] = []
        self._size = 0

    def take(self) -> list[Node]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        namespace, _, local = tag.rpartition("}")
        if self._depth == 1:
            return
        if not self._stack and local in _MEMBERS:
            self._members += 1
            return
        node = Node(local, namespace, attributes)
        if self._stack:
            self._stack[-1].children.append(node)
        self._stack.append(node)
        if len(self._stack) > _MAX_DEPTH:
            raise SourceError(
                f"{self._name}: line {self.parser.CurrentLineNumber}: elements are nested more than {_MAX_DEPTH} deep.",
                fix="Get the file from its official source.",
            )
        self._grow(len(tag))

    def _text(self, text: str) -> None:
        if self._stack:
            self._stack[-1].text += text
            self._grow(len(text))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._max_element:
            raise SourceError(
                f"{self._name}: line {self.parser.CurrentLineNumber}: one element is larger than "
                f"{self._max_element:,} characters.",
                fix="Check whether the file is damaged; split the feature if it is not.",
            )

    def _end(self, _: str) -> None:
        self._depth -= 1
        if not self._stack:
            self._members = max(0, self._members - 1)
            return
        node = self._stack.pop()
        if self._stack:
            return
        self._size = 0
        document = self._document
        if node.name == "boundedBy" or node.name == "Envelope":
            document.note_envelope(node)
        elif node.namespace.startswith(_GML):
            if node.name in GEOMETRIES:
                for key in _ID:
                    if key in node.attributes:
                        document.geometries[node.attributes[key]] = node
        elif node.children:
            self._ready.append(node)
