"""The abstracted personal data rule (分析用抽象化個人情報): records in, counts by cell out, tested and logged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.errors import InfeasibleError
from geo.mesh import mesh_bounds, mesh_cells
from geo.privacy import DEFAULT_K, FLOOR_K
from geo.privacy.mesh_release import MeshRelease, mesh_release, revealed
from layers.incidents import LAYER as INCIDENTS
from layers.text import Text
from services.code_version import code_version
from services.ogc.analysis.releases import Entry, ReleaseLog
from services.ogc.errors import ParameterError, TooMuchError, UnanswerableError
from services.ogc.processes._demand.records import Records, read
from services.ogc.processes._exposure.zones import asked_area
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.given import collection, require_degrees

MOST_RECORDS = 200_000
MOST_CELLS = 20_000
_LEVELS = {1000: 3, 500: 4, 250: 5, 125: 6}
SIZES = {level: size for size, level in _LEVELS.items()}
_TRIES = 5
_INSIDE = Text(
    "個人の記録は庁内向けでだけ、公開記録とともに扱います。",
    "Records of persons are handled on the internal face only, where what is released of them is written down.",
)
_REQUIRED = ("period", "subject", "purpose", "approved_by")

INPUTS: Mapping[str, Input] = {
    "records": Input(
        title=Text("個人の記録", "Records of persons"),
        description=Text(
            "過去の事案など、1人・1件ごとの点（GeoJSONのFeatureCollection、または災害事案のレイヤーincidents。庁内向けのみ）。"
            "保存も記録もせず、エラーにも出さない。外へ出るのはメッシュごとの数だけで、k未満の区画は隣と合算する。"
            "period、subject、purpose、approved_byが要る。",
            "One point for each person or case, such as past incidents (a FeatureCollection, or the layer incidents; "
            "internal face only). They are neither stored nor logged, nor quoted in an error. Only counts by cell "
            "leave, those of fewer than k merged with their neighbours. period, subject, purpose and approved_by are "
            "needed.",
        ),
        schema={"oneOf": [collection(MOST_RECORDS), {"type": "string", "enum": [INCIDENTS.id]}]},
        required=False,
    ),
    "release": Input(
        title=Text("公開の番号", "Number of a release"),
        description=Text(
            "記録の代わりに使う、公開記録にある公開の番号（庁内向けのみ）。",
            "A release in the log to be used in place of records (internal face only).",
        ),
        schema={"type": "integer", "minimum": 1},
        required=False,
    ),
    "subject": Input(
        title=Text("何の記録か", "Subject"),
        description=Text(
            "記録の名前。同じ名前の公開どうしは、重ねても少人数が分からないかを確かめる。同じ記録には同じ名前を使う。",
            "What the records are. Releases of one subject are tested together: give the same records the same name.",
        ),
        schema={"type": "string", "minLength": 1, "maxLength": 80},
        required=False,
    ),
    "period": Input(
        title=Text("期間", "Period"),
        description=Text("記録の最初と最後の日（両方を含む）。", "First and last day of the records, both inclusive."),
        schema={
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        },
        required=False,
    ),
    "date_field": Input(
        title=Text("日付の属性", "Property of dates"),
        description=Text(
            "指定すると、その日付が期間の外の記録を数えない。省略すると、すべて期間内とみなす。",
            "Where given, records with dates outside of the period do not count; else all are taken to be in it.",
        ),
        schema={"type": "string", "minLength": 1, "maxLength": 80},
        required=False,
    ),
    "by": Input(
        title=Text("内訳の属性", "Property to tell apart by"),
        description=Text(
            "指定すると、この属性の値ごとの内訳も出す。少ない値は「*」にまとめ、少ない数と、差し引きで分かる数は秘匿する。",
            "Where given, counts by its values are released too: rare values as “*”, small counts withheld, and those "
            "that would give one away by subtraction.",
        ),
        schema={"type": "string", "minLength": 1, "maxLength": 80},
        required=False,
    ),
    "k": Input(
        title=Text("最少の人数", "Least count"),
        description=Text("これより少ない人数は出さない。", "Nothing smaller is released."),
        schema={"type": "integer", "minimum": FLOOR_K, "maximum": 1000, "default": DEFAULT_K},
        required=False,
    ),
    "mesh_size_m": Input(
        title=Text("記録のメッシュ", "Mesh of the records"),
        description=Text("区画の大きさ（m）。", "Size of the cells in metres."),
        schema={"type": "integer", "enum": sorted(_LEVELS), "default": 250},
        required=False,
    ),
    "purpose": Input(
        title=Text("目的", "Purpose"),
        description=Text("公開記録に残す。", "Kept in the log of releases."),
        schema={"type": "string", "minLength": 1, "maxLength": 400},
        required=False,
    ),
    "approved_by": Input(
        title=Text("承認者", "Approved by"),
        description=Text("公開記録に残す。", "Kept in the log of releases."),
        schema={"type": "string", "minLength": 1, "maxLength": 80},
        required=False,
    ),
}


_UNREADABLE = Text(
    "位置（日本の経度、緯度の度）と日付の読める記録がありません。公開記録には残していません。",
    "none of them has a place (longitude and latitude in degrees, in Japan) and a date that can be read. Nothing was "
    "written down.",
)
"""A release of none would stand in the log, and refuse the same records once they are mended."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Counts that may be released; ``records`` None where they are of a release that stands in the log."""

    release: MeshRelease
    records: Records | None
    commit: Callable[[], Entry]


def prepared(inputs: Values, context: Context) -> Prepared | None:
    """The counts asked for, tested; nothing is written down before ``commit``.  None where none are asked for.

    Raises
    ------
    ParameterError
        If something is missing, or this face keeps no log.
    UnanswerableError
        If there are too few persons, or the counts would reveal fewer than ``k`` beside earlier ones.
    """
    given, number = inputs.get("records"), inputs.get("release")
    if given is None and number is None:
        return None
    log = context.releases
    if log is None:
        raise ParameterError("records" if number is None else "release", _INSIDE)
    if number is not None:
        if given is not None:
            raise ParameterError("release", Text("記録と同時には使えません。", "give it or records, not both."))
        return _known(log, number)
    for name in _REQUIRED:
        if not inputs.get(name):
            raise ParameterError(name, Text("記録には必要です。", "records need it."))
    period = _period(inputs["period"])
    area = asked_area(inputs.get("area"), context)
    level = _LEVELS[inputs["mesh_size_m"]]
    region = _region(area, level)
    by = inputs.get("by")
    features, date_field = _features(inputs, context)
    records = read(features, region, level, period, date_field=date_field, by=by)
    if not records.codes and (records.without_place or records.without_date):
        raise ParameterError("records", _UNREADABLE)
    context.check()
    made = mesh_release(records.codes, region, period, k=inputs["k"], by=by, labels=records.labels)
    if made is None:
        raise UnanswerableError(
            Text(
                f"範囲と期間の記録が少なすぎ、合わせても{inputs['k']}に満たないか、それに近いので、何も出せません。",
                f"There are too few records in the area and period: even together hardly {inputs['k']}, so nothing can "
                "be released.",
            )
        )
    entry = Entry(
        inputs["subject"],
        inputs["purpose"],
        inputs["approved_by"],
        made,
        f"{code_version().version} {code_version().digest}",
    )
    tested = _tested(entry, log)
    return Prepared(made, records, partial(_commit, entry, log, tested))


def _features(inputs: Values, context: Context) -> tuple[Sequence[Any], str | None]:
    """The records as GeoJSON features, and the property of their dates."""
    given, date_field = inputs["records"], inputs.get("date_field")
    if not isinstance(given, str):
        require_degrees("records", given.get("crs"))
        return given["features"], date_field
    if context.layers.state(INCIDENTS.id) is None:
        raise UnanswerableError(
            Text(f"「{INCIDENTS.title.ja}」が読み込まれていません。", f"“{INCIDENTS.title.en}” is not loaded.")
        )
    rows = [
        {"geometry": None if each.geometry is None else mapping(each.geometry), "properties": each.properties}
        for each in context.layers.features(INCIDENTS.id)
    ]
    return rows, date_field or INCIDENTS.time_field


def _known(log: ReleaseLog, number: int) -> Prepared:
    for each in log.of_subject():
        if each.number == number:
            return Prepared(each.release, None, partial(_standing, each))
    raise ParameterError("release", Text("この番号の公開はありません。", "there is no release of this number."))


def _standing(entry: Entry) -> Entry:
    return entry


def _commit(entry: Entry, log: ReleaseLog, tested: int) -> Entry:
    """Writes it down; where another of its subject came between, it is tested against that first."""
    for _ in range(_TRIES):
        if (logged := log.append(entry, tested)) is not None:
            return logged
        tested = _tested(entry, log)
    raise UnanswerableError(
        Text("ほかの公開と重なりました。もう一度試してください。", "Other releases came between. Try again.")
    )


def _tested(entry: Entry, log: ReleaseLog) -> int:
    """The number of the last release of its subject that it was tested against; 0 where there is none."""
    earlier = log.of_subject(entry.subject)
    numbers = ", ".join(str(each.number) for each in earlier)
    try:
        found = revealed(entry.release, [each.release for each in earlier])
    except InfeasibleError as error:
        raise UnanswerableError(
            Text(
                f"同じ名前と期間の前の公開（{numbers}）と合わないか、確かめきれないので、公開しません。"
                "記録が後で直されたのなら、その差から個人が分かるおそれがあります。期間を分けるか、範囲を変えてください。",
                f"Not released: it contradicts earlier releases of the subject and period ({numbers}), or cannot be "
                f"tested against them. Where records were corrected since, the difference could tell of single "
                f"persons: release another period or area. ({error.message})",
            )
        ) from None
    if found:
        cells = len({unknown[0] for each in found for unknown in each.unknowns})  # type: ignore[index]
        raise UnanswerableError(
            Text(
                f"公開しません。前の公開（{numbers}）と重ねると、{cells}区画で少人数のことが分かってしまいます。"
                "範囲・期間・メッシュを前の公開と同じにしてください。",
                f"Not released: beside earlier releases ({numbers}) it would tell of fewer persons than allowed in "
                f"{cells} cells. Keep to the area, period and mesh of the earlier one.",
            )
        )
    return max((each.number for each in earlier), default=0)


def _period(given: list[str]) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(each) for each in given)
    except ValueError:
        raise ParameterError("period", Text("日付ではありません。", "it has no dates of the calendar.")) from None
    if last < first:
        raise ParameterError("period", Text("終わりが始まりより前です。", "it ends before it begins."))
    return first, last


def _region(area: BaseGeometry, level: int) -> frozenset[str]:
    """The cells whose centre is in the area: whole ones, so that no border of an area cuts through counts."""
    west, south, east, north = area.bounds
    size = (east - west) * (north - south)
    cell_west, cell_south, cell_east, cell_north = mesh_bounds(next(mesh_cells((west, south, west, south), level)))
    if size / ((cell_east - cell_west) * (cell_north - cell_south)) > 20 * MOST_CELLS:
        raise TooMuchError("area", Text("範囲が広すぎます。", "the area is too large for such a mesh."))
    codes = list(mesh_cells(area.bounds, level))
    bounds = [mesh_bounds(code) for code in codes]
    shapely.prepare(area)
    inside = shapely.intersects_xy(
        area, [(each[0] + each[2]) / 2 for each in bounds], [(each[1] + each[3]) / 2 for each in bounds]
    )
    found = frozenset(code for code, is_in in zip(codes, inside.tolist(), strict=True) if is_in)
    if not found:
        raise ParameterError("area", Text("範囲に中心のある区画がありません。", "no cell has its centre in it."))
    if len(found) > MOST_CELLS:
        raise TooMuchError("area", Text("範囲が広すぎます。", "the area is too large for such a mesh."))
    return found
