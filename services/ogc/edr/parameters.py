"""Parameters as EDR and CoverageJSON describe them: what is observed, in which unit, how a value was made."""

import re
from collections.abc import Iterable
from typing import Any

from layers.model import FieldKind, Text
from layers.observations import Statistic
from services.ogc.edr.sensor import Parameter, Sensor

UCUM = "http://www.opengis.net/def/uom/UCUM/"

_STATISTICS = {
    Statistic.INSTANTANEOUS: Text("その時刻の値", "value at the time itself"),
    Statistic.SUM: Text("時刻までの{}の合計", "sum of the {} before the time"),
    Statistic.MEAN: Text("時刻までの{}の平均", "mean of the {} before the time"),
    Statistic.MINIMUM: Text("時刻までの{}の最小", "minimum of the {} before the time"),
    Statistic.MAXIMUM: Text("時刻までの{}の最大", "maximum of the {} before the time"),
}
_SPANS = {"D": Text("日間", "d"), "H": Text("時間", "h"), "M": Text("分間", "min"), "S": Text("秒間", "s")}


def described(sensor: Sensor, base: str, names: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """The parameters named, all where none is, by name.

    Texts are in Japanese and English: CoverageJSON asks for both at once.  A quality has categories and no unit.
    Where no vocabulary names a property, the schema of the observations' collection below ``base`` does.
    """
    schema = f"{base}/collections/{sensor.rows.layer.id}/schema"
    chosen = list(names) or list(sensor.parameters)
    return {name: _described(sensor, sensor.parameters[name], f"{schema}#{name}") for name in chosen}


def _described(sensor: Sensor, parameter: Parameter, uri: str) -> dict[str, Any]:
    column, observed = parameter.column, parameter.observed
    label = _both(column.title)
    found: dict[str, Any] = {"type": "Parameter", "id": parameter.name, "label": label}
    property_uri = None if observed is None else observed.property_uri
    found["observedProperty"] = {"id": property_uri or uri, "label": label}
    if parameter.grades is not None:
        codes = parameter.grades.codes
        found["description"] = _both(_quality_of(sensor, parameter))
        found["observedProperty"]["categories"] = [
            {"id": f"{uri}-{code.value}", "label": _both(code.title)} for code in codes
        ]
        found["categoryEncoding"] = {f"{uri}-{code.value}": code.value for code in codes}
        found["data-type"] = "integer"
        return found
    if observed is not None:
        found["description"] = _both(_meaning(observed.statistic, observed.duration))
        found["measurementType"] = {"method": str(observed.statistic)} | (
            {} if observed.duration is None else {"duration": observed.duration}
        )
    unit = column.unit or "1"
    found["unit"] = {"label": {"ja": unit, "en": unit}, "symbol": {"value": unit, "type": UCUM}}
    found["data-type"] = "integer" if column.kind is FieldKind.INTEGER else "float"
    return found


def _meaning(statistic: Statistic, duration: str | None) -> Text:
    text = _STATISTICS[statistic]
    parts = re.findall(r"(\d+)([DHMS])", duration or "")
    span_ja = "".join(f"{number}{_SPANS[letter].ja}" for number, letter in parts)
    span_en = " ".join(f"{number} {_SPANS[letter].en}" for number, letter in parts)
    return Text(
        f"{text.ja.format(span_ja)}。値のない時刻は欠測（null）で、0ではない。",
        f"The {text.en.format(span_en)}. A missing value is null, never 0.",
    )


def _quality_of(sensor: Sensor, parameter: Parameter) -> Text:
    graded = [each.column.title for each in sensor.parameters.values() if sensor.quality_of(each.name) is parameter]
    return Text(
        f"{'、'.join(title.ja for title in graded)}の品質。nullは公表されていない。",
        f"Quality of {', '.join(title.en for title in graded)}. Null: not published.",
    )


def _both(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}
