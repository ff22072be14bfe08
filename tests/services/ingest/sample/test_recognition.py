"""Every file of the sample city has the columns of the format it is meant to be read as, and of no other."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from services.ingest.model import Record, Table
from services.ingest.recognition import recognise

FORMATS = {
    "282049_aed.csv": ("utf-8-sig", "municipal-aeds"),
    "282049_fire_hydrant.csv": ("utf-8-sig", "municipal-fire-water"),
    "282049_hospital.csv": ("cp932", "municipal-medical-facilities"),
    "282049_population.csv": ("utf-8", "municipal-population"),
    "tblT001142Q_sample.txt": ("cp932", "estat-mesh-t001142"),
    "A31a-sample_10_28.geojson": ("utf-8", "ksj-a31a-planned"),
    "A31a-sample_20_28.geojson": ("utf-8", "ksj-a31a-maximum"),
    "A31a-sample_30_28.geojson": ("utf-8", "ksj-a31a-duration"),
    "A31a-sample_40_28.geojson": ("utf-8", "ksj-a31a-collapse"),
    "A33-sample_28.geojson": ("utf-8", "ksj-a33"),
    "A40-sample_28.geojson": ("utf-8", "ksj-a40"),
    "A49-sample_28.geojson": ("utf-8", "ksj-a49"),
    "A51-sample_28.geojson": ("utf-8", "ksj-a51"),
    "P17-sample_28.geojson": ("utf-8", "ksj-p17"),
    "fire_vehicles_sample.csv": ("utf-8-sig", "ngis-vehicles"),
    "fire_incidents_sample.csv": ("utf-8-sig", "ngis-incidents"),
    "fire_dispatches_sample.csv": ("utf-8-sig", "ngis-dispatches"),
    "fire_response_plans_sample.csv": ("utf-8-sig", "ngis-response-plans"),
    "site_status_sample.csv": ("utf-8-sig", "ngis-site-status"),
    "road_closures_sample.geojson": ("utf-8", "ngis-road-closures"),
    "road_sensors_sample.geojson": ("utf-8", "ngis-road-sensors"),
    "evacuation_orders_sample.geojson": ("utf-8", "ngis-evacuation-orders"),
    "N03-sample_28_boundary.geojson": ("utf-8", "ksj-n03"),
    "gsi_emergency_sample.geojson": ("utf-8", "gsi-emergency-sites"),
    "gsi_evacuation_sample.geojson": ("utf-8", "gsi-shelters"),
    "geolonia_towns_sample.json": ("utf-8", "geolonia-towns"),
}


def table_of(path: Path, encoding: str) -> Table:
    text = path.read_bytes().decode(encoding)
    if path.suffix == ".geojson":
        first = json.loads(text)["features"][0]
        record = Record(1, first["properties"], shapely.geometry.shape(first["geometry"]))
        container = "geojson"
    elif path.suffix == ".json":
        record, container = Record(1, json.loads(text)[0]), "json"
    else:
        record, container = Record(2, next(csv.DictReader(io.StringIO(text)))), "csv"

    def records() -> Iterator[Record]:
        yield record

    return Table("", container, tuple(record.values), records, encoding=encoding)


@pytest.mark.parametrize("name", FORMATS)
def test_columns_are_those_of_the_format(sample_city: Path, name: str) -> None:
    encoding, source_id = FORMATS[name]
    recognition = recognise([table_of(sample_city / name, encoding)], file_name=name)
    assert [load.source.id for load in recognition.loads] == [source_id]
