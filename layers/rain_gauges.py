"""雨量観測所: the stations whose values are in ``rain-observations``."""

from datetime import timedelta

from layers import attributions, licences, owners
from layers.fields import ELEVATION, flag, text
from layers.model import (
    Coordinates,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)
from layers.observations import Observations, Observed, Statistic

_ELEMENTS = 8  # temperature, rain, wind direction, wind speed, sunshine, snow, humidity, pressure
_RAIN = 1
# The amount of rain in a period, of the CF standard names as NERC's vocabulary server has them.
_RAINFALL = "http://vocab.nerc.ac.uk/standard_name/thickness_of_rainfall_amount/"


def _rain(field: str, duration: str, quality: str | None = None) -> Observed:
    return Observed(field=field, statistic=Statistic.SUM, duration=duration, property_uri=_RAINFALL, quality=quality)


def station_elements(values: Values) -> Values:
    """``elems`` has one digit for each element, 0 where it is not observed; a table made a number of it.

    For 西宮 ``01000000`` (rain alone) became ``1000000``.
    """
    digits = str(values.get("elements") or "").strip().removesuffix(".0")
    if not digits.isdigit() or len(digits) > _ELEMENTS:
        return {}
    padded = digits.zfill(_ELEMENTS)
    return {"elements": padded, "observes_rain": padded[_RAIN] != "0"}


LAYER = Layer(
    id="rain-gauges",
    title=Text("雨量観測所", "Rain gauges"),
    description=Text(
        "気象庁アメダスの観測所。値は雨量観測値（rain-observations）にある。",
        "AMeDAS stations of the Japan Meteorological Agency. Their values are in rain-observations.",
    ),
    theme=Theme.OBSERVATION,
    geometry=Geometry.POINT,
    fields=(
        text("station_id", "観測所番号", "Station number", required=True),
        text("name", "観測所名", "Station", required=True),
        text("name_kana", "観測所名（カナ）", "Station in kana"),
        text("name_english", "観測所名（英字）", "Station in English"),
        text("station_type", "観測所の種類", "Station type"),
        text(
            "elements",
            "観測要素",
            "Elements observed",
            description=Text(
                "気温、降水量、風向、風速、日照時間、積雪、湿度、気圧の順に1桁ずつ。0は観測なし。",
                "One digit each for temperature, rain, wind direction, wind speed, sunshine, snow, humidity, pressure; 0: "
                "not observed.",
            ),
        ),
        flag("observes_rain", "雨量を観測", "Observes rain"),
        ELEVATION,
        text("prefecture_name", "都道府県名", "Prefecture"),
    ),
    formats=tuple(
        SourceFormat(
            id=f"amedas-stations{suffix}",
            title=title,
            columns={
                station: "station_id",
                "type": "station_type",
                "elems": "elements",
                "alt": "elevation_m",
                "kjName": "name",
                "knName": "name_kana",
                "enName": "name_english",
                "pref": "prefecture_name",
            },
            signature=frozenset({station, "elems", "lat", "lon", "kjName"}),
            geometry=Coordinates(longitude="lon", latitude="lat"),
            derive=station_elements,
            series="amedas-stations",
            identity=("station_id",),
            licence=licences.PDL_1_0,
            attribution=attributions.JMA,
        )
        for suffix, station, title in (
            ("", "station_id", Text("気象庁 アメダス観測所一覧（JSON）", "JMA AMeDAS stations, JSON")),
            ("-csv", "amdno", Text("気象庁 アメダス観測所一覧（CSV）", "JMA AMeDAS stations, CSV")),
        )
    ),
    style=Style(color="#005ea2", outline="#ffffff", radius=5),
    licence=licences.PDL_1_0,
    attribution=attributions.JMA,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    keywords=("雨量", "アメダス", "rain gauge"),
    observations=Observations(
        layer="rain-observations",
        station="station_id",
        observed=(
            _rain("precipitation_1h_mm", "PT1H", quality="quality"),
            _rain("precipitation_10m_mm", "PT10M"),
            _rain("precipitation_3h_mm", "PT3H"),
            _rain("precipitation_24h_mm", "PT24H"),
        ),
        every=timedelta(hours=1),
    ),
)
