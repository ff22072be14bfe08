"""Every answer on roads says by whose figures it is, how old the roads are, and what is not known of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from geo.network.figures import overridden
from layers import road_barriers, roads
from services.database.revisions import LayerState
from services.ogc.analysis.layers import LayerReader
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.routing.calibrated import NOT_CALIBRATED, RoadFigures

HALL, EAST = [135.3415, 34.7376], [135.3618, 34.7214]
QUESTIONS: dict[str, dict[str, Any]] = {
    "route": {"origin": HALL, "destination": EAST},
    "isochrone": {"origins": [HALL], "limits_s": [120]},
    "cost-matrix": {"origins": [HALL], "destinations": [EAST]},
    "nearest-water": {"location": HALL},
    "nearest-units": {"location": HALL},
    "evacuation-route": {"origin": HALL, "hazard": "tsunami"},
}


def ask(context: Context, process_id: str, language: str = "ja") -> dict[str, Any]:
    process = processes()[process_id]
    defaults = {name: each.schema["default"] for name, each in process.inputs.items() if "default" in each.schema}
    inputs = {**defaults, **QUESTIONS[process_id], "language": language}
    answer: dict[str, Any] = process.run(inputs, context)["answer"]
    Draft202012Validator(dict(process.outputs["answer"].schema)).validate(answer)
    return answer


class Layers:
    """The layers of another reader, with other states of some."""

    def __init__(self, under: LayerReader, states: dict[str, LayerState | None]) -> None:
        self._under, self._states = under, states

    def state(self, layer_id: str) -> LayerState | None:
        return self._states[layer_id] if layer_id in self._states else self._under.state(layer_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._under, name)


class Roads:
    """The roads of another reader by other figures."""

    def __init__(self, under: Any, figures: RoadFigures) -> None:
        self._under, self._figures = under, figures

    def figures(self) -> RoadFigures:
        return self._figures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._under, name)


def on(day: str) -> Callable[[], datetime]:
    return lambda: datetime.fromisoformat(day).replace(tzinfo=UTC)


def of_roads(context: Context, as_of: date | None) -> Context:
    state = context.layers.state(roads.LAYER.id)
    assert state is not None
    aged = replace(state, datasets=tuple(replace(each, as_of=as_of) for each in state.datasets))
    layers: Any = Layers(context.layers, {roads.LAYER.id: aged})
    return replace(context, layers=layers)


@pytest.mark.parametrize("process_id", list(QUESTIONS))
def test_old_and_undated_roads_are_said_to_be(city: Context, process_id: str) -> None:
    young = of_roads(replace(city, clock=on("2026-11-01")), date(2025, 11, 1))
    assert not any("2025-11-01" in note for note in ask(young, process_id)["notes"]), "365 days are not more than 365"
    old = of_roads(replace(city, clock=on("2026-11-02")), date(2025, 11, 1))
    assert any("2025-11-01時点" in note and "365日" in note for note in ask(old, process_id)["notes"])
    assert any("as of 2025-11-01" in note for note in ask(old, process_id, "en")["notes"])
    short = replace(young, city=city.city.model_copy(update={"road_data_max_age_days": 10}))
    assert any("10日" in note for note in ask(short, process_id)["notes"])
    assert any("時点が不明" in note for note in ask(of_roads(city, None), process_id)["notes"])


@pytest.mark.parametrize("process_id", list(QUESTIONS))
def test_barriers_that_are_not_loaded_are_unknown_and_not_absent(city: Context, process_id: str) -> None:
    assert not any("車止め" in note and "不明" in note for note in ask(city, process_id)["notes"])
    layers: Any = Layers(city.layers, {road_barriers.LAYER.id: None})
    without = replace(city, layers=layers)
    assert any("車止め" in note and "不明" in note for note in ask(without, process_id)["notes"])
    assert any("not absent but unknown" in note for note in ask(without, process_id, "en")["notes"])


@pytest.mark.parametrize("process_id", list(QUESTIONS))
def test_the_figures_are_named(city: Context, process_id: str) -> None:
    said = ask(city, process_id, "en")["calibration"]
    digest = NOT_CALIBRATED.digest
    assert said == {"calibrated": False, "source": "defaults, not calibrated", "as_of": None, "digest": digest}
    figures = overridden({"profiles": {"pumper": {"emergency_factor": 1.3}}})
    own: Any = Roads(city.roads, RoadFigures(figures, "西宮市消防局 AVM", date(2026, 4, 1)))
    said = ask(replace(city, roads=own), process_id)["calibration"]
    assert said["digest"] != digest
    assert (said["calibrated"], said["source"], said["as_of"]) == (True, "西宮市消防局 AVM", "2026-04-01")
