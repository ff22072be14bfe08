"""What a feature is to become: the content of a request, checked by the layer's declaration, all flaws at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from layers.model import Layer, Text
from services.database.editing.session import Place, Stored
from services.ogc.crs import ServedCrs
from services.ogc.errors import Flaw, InvalidContentError
from services.ogc.source import PROVENANCE
from services.ogc.transactions import geometries
from services.ogc.transactions.values import RefusedValueError, typed

# Members that say in which system the geometry is, in forms of JSON other than plain GeoJSON.
_OTHER_SYSTEMS = ("crs", "coordRefSys", "place")
_READ_ONLY = {column.name: column for column in PROVENANCE}


@dataclass(frozen=True, slots=True)
class Draft:
    """Typed values of all fields (absent: None), and the position; None where it stays as it is."""

    values: Mapping[str, Any]
    place: Place | None


@dataclass(frozen=True, slots=True)
class Reading:
    """By what content is read: the layer, the system of its coordinates, and the box of the city."""

    layer: Layer
    crs: ServedCrs
    bbox: geometries.Bbox

    def created(self, document: Any) -> tuple[Mapping[str, Any], Place]:
        """Values and position of a feature to be made.  Its ``id`` is not looked at: the server gives one.

        Raises
        ------
        InvalidContentError
            If it is no GeoJSON feature of the layer.
        """
        draft = _Reader(self, None).whole(document)
        return draft.values, draft.place or Place(None)

    def replaced(self, document: Any, stored: Stored) -> Draft:
        """What a feature is to become: a property that is not given has no value then.

        Raises ``InvalidContentError`` as ``created``, and where ``id`` is another one.
        """
        return _Reader(self, stored).whole(document)

    def patched(self, patch: Any, stored: Stored) -> Draft:
        """A feature with parts of it changed by a JSON Merge Patch (RFC 7396): null takes a value away.

        Raises ``InvalidContentError`` as ``replaced``; what is not in the patch is not looked at.
        """
        return _Reader(self, stored).merged(patch)


class _Reader:
    """Reads one document, collecting what is wrong with it."""

    def __init__(self, reading: Reading, stored: Stored | None) -> None:
        self._reading = reading
        self._stored = stored
        self._flaws: list[Flaw] = []

    def whole(self, document: Any) -> Draft:
        members = self._members(document, required=("type", "geometry", "properties"))
        properties = self._object(members, "properties")
        given = {field.name: None for field in self._reading.layer.fields} | properties
        values = self._values(given)
        self._require_order(values, given)
        place = self._place(members.get("geometry"))
        self._refuse_flaws()
        return Draft(values, place)

    def merged(self, patch: Any) -> Draft:
        assert self._stored is not None  # noqa: S101 - only what is there can be patched
        members = self._members(patch, required=())
        values = dict(self._stored.values)
        if "properties" in members and members["properties"] is None:
            self._find("/properties", "取り除けません。", "It cannot be taken away.")
        given = self._object(members, "properties")
        values |= (found := self._values(given))
        self._require_order({name: each for name, each in values.items() if name in found or name not in given}, given)
        place = None
        if "geometry" in members:
            current = geometries.written(self._stored.geometry, self._reading.crs)
            place = self._place(_merge(current, members["geometry"]))
        self._refuse_flaws()
        return Draft(values, place)

    # --- members of the feature --------------------------------------------------------------------------------

    def _members(self, document: Any, required: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(document, dict):
            self._find("", "GeoJSONの地物1件で送ってください。", "Send one GeoJSON feature.")
            self._refuse_flaws()
        members: dict[str, Any] = document
        if members.get("type", None if required else "Feature") != "Feature":
            self._find("/type", "Featureとしてください。", "It has to be Feature.")
            self._refuse_flaws()
        for name in required:
            if name not in members:
                self._find(f"/{name}", "必要な項目です。", "It is missing.")
        for name in _OTHER_SYSTEMS:
            if members.get(name) is not None:
                self._find(f"/{name}", *geometries.USE_CONTENT_CRS)
        if self._stored is not None and members.get("id", self._stored.id) != self._stored.id:
            self._find("/id", "アドレスのidと異なります。", "It is not the id of the address.")
        return members

    def _object(self, members: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = members.get(name)
        if isinstance(value, dict):
            return value
        if value is not None:
            self._find(f"/{name}", "オブジェクトまたはnullで指定してください。", "Give an object or null.")
        return {}

    def _values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The typed values of the fields given; names that are no field are flaws."""
        found: dict[str, Any] = {}
        fields = self._reading.layer.by_name
        for name, value in given.items():
            pointer = f"/properties/{_escaped(name)}"
            if name in _READ_ONLY:
                self._require_unchanged(name, value, pointer)
            elif name not in fields:
                self._find(pointer, "この項目はありません。", "There is no such property.")
            else:
                try:
                    found[name] = typed(fields[name], value)
                except RefusedValueError as error:
                    self._flaws.append(Flaw(pointer, error.reason))
        return found

    def _require_order(self, values: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """Times of the feature as it would be, where one of them is given, follow one another as declared."""
        layer = self._reading.layer
        for chronology in layer.chronologies:
            for earlier, later in chronology.breaches(values):
                if earlier not in given and later not in given:
                    continue
                name, other = (later, earlier) if later in given else (earlier, later)
                title = layer.by_name[other].title
                ja, en = ("あと", "after") if name == later else ("前", "before")
                also_ja, also_en = ("", "") if chronology.strictly else ("か同時刻", "or at")
                self._find(
                    f"/properties/{name}",
                    f"「{title.ja}」より{ja}{also_ja}としてください。",
                    f"It has to be {en}{' ' + also_en if also_en else ''} “{title.en}”.",
                )

    def _require_unchanged(self, name: str, value: Any, pointer: str) -> None:
        """What the system says of a feature may come back as it was said, or as null; it cannot be set."""
        known = self._stored.provenance.get(name) if self._stored is not None else None
        if isinstance(known, date):
            known = known.isoformat()
        if value is not None and (value != known or isinstance(value, bool) != isinstance(known, bool)):
            self._find(pointer, "この項目は変更できません。", "It is set by the system and cannot be changed.")

    def _place(self, value: Any) -> Place | None:
        reading = self._reading
        geometry = geometries.read(value, "/geometry", reading.layer.geometry, reading.crs)
        if isinstance(geometry, Flaw):
            self._flaws.append(geometry)
            return None
        if self._stored is not None and geometries.is_as_served(geometry, self._stored.geometry, reading.crs):
            return None
        if geometry is None:
            if reading.layer.place_required:
                self._find("/geometry", "位置のない地物は登録できません。", "A feature of this layer has a place.")
            return Place(None)
        found = geometries.located(geometry, "/geometry/coordinates", reading.crs, reading.bbox)
        if isinstance(found, Flaw):
            self._flaws.append(found)
            return None
        return Place(found)

    def _find(self, pointer: str, ja: str, en: str) -> None:
        self._flaws.append(Flaw(pointer, Text(ja, en)))

    def _refuse_flaws(self) -> None:
        if self._flaws:
            raise InvalidContentError(self._flaws)


def _merge(target: Any, patch: Any) -> Any:
    """JSON Merge Patch, the algorithm of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merge(result.get(name), value)
    return result


def _escaped(name: str) -> str:
    """A name as one token of a JSON Pointer, at most so long that an answer stays readable."""
    return name[:100].replace("~", "~0").replace("/", "~1")
