"""Edits against a model: whatever is written, refused and undone in whatever order, features are what a dict says."""

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.database.connect import connect
from tests.services.http.conftest import Desk

ITEMS = "emergency-sites/items"
FIELDS = ("name", "elevation_m", "remarks", "neighbourhoods")

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)
values = st.fixed_dictionaries(
    {"name": names},
    optional={
        "elevation_m": st.none() | st.floats(-10, 3776, allow_subnormal=False),
        "remarks": st.none() | names,
        "neighbourhoods": st.none() | st.lists(names, min_size=1, max_size=3),
    },
)
places = st.none() | st.tuples(st.floats(135.25, 135.38), st.floats(34.68, 34.85)).map(
    lambda lonlat: {"type": "Point", "coordinates": [round(each, 7) for each in lonlat]}
)
chance = st.integers(0, 2**16)


@dataclass
class Edit:
    number: int
    feature: str
    before: dict[str, Any] | None
    stands: bool = True


class Editing(RuleBasedStateMachine):
    """A state of the model: features by id, and the edits in their order."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.features: dict[str, dict[str, Any]] = {}
        self.edits: list[Edit] = []
        self.old_tags: dict[str, str] = {}

    @initialize()
    def begin(self) -> None:
        with connect(self.desk.city.database.urls.owner) as connection:
            connection.execute("DELETE FROM core.emergency_sites")
            connection.execute("DELETE FROM ngis.edit")
            connection.execute("DELETE FROM ngis.dataset WHERE id = 'edits'")
        self.desk.client.app.state.service.watch.expire()  # type: ignore[attr-defined]

    @rule(properties=values, place=places)
    def create(self, properties: dict[str, Any], place: Any) -> None:
        answer = self.desk.send("POST", ITEMS, {"type": "Feature", "geometry": place, "properties": properties})
        assert answer.status_code == 201, answer.text
        feature = answer.headers["location"].rpartition("/")[2]
        assert feature not in self.features
        self._remember(feature, None)
        self.features[feature] = {**dict.fromkeys(FIELDS), **properties, "geometry": place}

    @rule(which=chance, properties=values, place=places, locked=st.booleans())
    def replace(self, which: int, properties: dict[str, Any], place: Any, locked: bool) -> None:
        feature = self._some(which)
        body = {"type": "Feature", "id": feature, "geometry": place, "properties": properties}
        after = {**dict.fromkeys(FIELDS), **properties, "geometry": place}
        self._change(feature, "PUT", body, after, locked)

    @rule(which=chance, properties=values, place=places, locked=st.booleans())
    def patch(self, which: int, properties: dict[str, Any], place: Any, locked: bool) -> None:
        feature = self._some(which)
        body: dict[str, Any] = {"properties": properties}
        if place is not None:
            body["geometry"] = place
        after = {**self.features.get(feature, {}), **properties, **({"geometry": place} if place else {})}
        self._change(feature, "PATCH", body, after, locked)

    @rule(which=chance)
    def delete(self, which: int) -> None:
        feature = self._some(which)
        answer = self.desk.send("DELETE", f"{ITEMS}/{feature}")
        assert answer.status_code == (204 if feature in self.features else 404)
        if feature in self.features:
            self._remember(feature, self.features.pop(feature))

    @rule(which=chance)
    def write_what_was_changed_since(self, which: int) -> None:
        feature = self._some(which)
        tag = self.old_tags.get(feature)
        if tag is None or feature not in self.features or tag == self._tag(feature):
            return
        assert self.desk.send("DELETE", f"{ITEMS}/{feature}", if_match=tag).status_code == 412

    @rule(which=chance)
    def undo(self, which: int) -> None:
        if not self.edits:
            return
        edit = self.edits[which % len(self.edits)]
        later = [
            each for each in self.edits if each.feature == edit.feature and each.stands and each.number > edit.number
        ]
        answer = self.desk.send("POST", f"emergency-sites/history/{edit.number}/undo")
        if not edit.stands or later:
            assert answer.status_code == 409
            return
        assert answer.status_code == 200, answer.text
        edit.stands = False
        self.features.pop(edit.feature, None)
        if edit.before is not None:
            self.features[edit.feature] = edit.before

    @invariant()
    def features_are_what_the_model_says(self) -> None:
        found = self.desk.read(f"{ITEMS}?limit=1000")
        assert {
            each["id"]: {**{name: each["properties"][name] for name in FIELDS}, "geometry": each["geometry"]}
            for each in found["features"]
        } == self.features
        assert self.desk.read("emergency-sites/history?limit=1")["numberMatched"] == len(self.edits)
        with connect(self.desk.city.database.urls.owner) as connection:
            counted = connection.execute("SELECT row_count FROM ngis.dataset WHERE id = 'edits'").fetchall()
        assert counted == ([(len(self.features),)] if self.features else [])

    def _some(self, which: int) -> str:
        known = list(dict.fromkeys(edit.feature for edit in self.edits)) or ["nothing"]
        return known[which % len(known)]

    def _tag(self, feature: str) -> str:
        tag: str = self.desk.client.get(f"/ogc/collections/{ITEMS}/{feature}").headers["etag"].split("-")[0] + '"'
        return tag

    def _change(self, feature: str, method: str, body: Any, after: dict[str, Any], locked: bool) -> None:
        headers = {}
        if feature in self.features:
            self.old_tags[feature] = self._tag(feature)
            if locked:
                headers["if_match"] = self.old_tags[feature]
        answer = self.desk.send(method, f"{ITEMS}/{feature}", body, auth=None, **headers)
        if feature not in self.features:
            assert answer.status_code == 404
            return
        assert answer.status_code == 204, answer.text
        if after != self.features[feature]:
            self._remember(feature, self.features[feature])
            self.features[feature] = after

    def _remember(self, feature: str, before: dict[str, Any] | None) -> None:
        number = self.desk.read("emergency-sites/history?limit=1")["edits"][0]["id"]
        self.edits.append(Edit(number, feature, copy.deepcopy(before)))


def test_edits_are_what_a_model_says(desk: Desk) -> None:
    run_state_machine_as_test(
        lambda: Editing(desk),  # type: ignore[arg-type]
        settings=settings(
            max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
