"""DCAT as a graph that a library of others reads, without loading anything; quality reports; schema.org."""

import json
import re
from typing import Any

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.http.app import Face
from services.ogc.records import vocabulary
from tests.services.http.conftest import SmallCity, client_of
from tests.services.ogc.records.test_records import LAYERS

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader of JSON-LD

BASE = "http://127.0.0.1:8000/ogc"
CATALOGUE = URIRef(f"{BASE}/collections/catalogue")
DQV = Namespace("http://www.w3.org/ns/dqv#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"


def graph(client: TestClient, path: str) -> Graph:
    """The document as a graph.  The network is blocked in tests: nothing can have been loaded for it."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/ld+json"
    assert isinstance(answer.json()["@context"], dict)
    return Graph().parse(data=answer.text, format="json-ld")


@pytest.fixture(scope="module")
def dcat(client: TestClient) -> Graph:
    return graph(client, "/ogc/dcat")


def dataset(layer: str) -> URIRef:
    return URIRef(f"{BASE}/collections/{layer}")


def test_the_catalogue_has_what_dcat_ap_asks_for(dcat: Graph) -> None:
    assert set(dcat.subjects(RDF.type, DCAT.Catalog)) == {CATALOGUE}
    assert {text.language for text in dcat.objects(CATALOGUE, DCTERMS.title) if isinstance(text, Literal)} == {
        "ja",
        "en",
    }
    assert list(dcat.objects(CATALOGUE, DCTERMS.description))
    (publisher,) = dcat.objects(CATALOGUE, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in dcat
    assert list(dcat.objects(publisher, FOAF.name))
    assert set(dcat.objects(CATALOGUE, DCAT.dataset)) == {dataset(each) for each in LAYERS}


def test_datasets_have_what_dcat_ap_asks_for(dcat: Graph) -> None:
    for layer in LAYERS:
        node = dataset(layer)
        assert (node, RDF.type, DCAT.Dataset) in dcat
        for needed in (
            DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCTERMS.spatial, DCTERMS.rights,
            DCTERMS.issued, DCTERMS.modified, DCAT.contactPoint, DCAT.theme, DCAT.keyword, DCAT.distribution,
        ):  # fmt: skip
            assert list(dcat.objects(node, needed)), (layer, needed)
        (frequency,) = dcat.objects(node, DCTERMS.accrualPeriodicity)
        assert str(frequency).startswith(f"{EU}frequency/")
        (theme,) = dcat.objects(node, DCAT.theme)
        assert str(theme).startswith(f"{EU}data-theme/")
        (contact,) = dcat.objects(node, DCAT.contactPoint)
        assert list(dcat.objects(contact, VCARD.fn))
        for licence in dcat.objects(node, DCTERMS.license):
            assert (licence, RDF.type, DCTERMS.LicenseDocument) in dcat
        (place,) = dcat.objects(node, DCTERMS.spatial)
        assert str(next(iter(dcat.objects(place, DCAT.bbox)))).startswith("POLYGON((")
    (period,) = dcat.objects(dataset("rain-observations"), DCTERMS.temporal)
    (start,) = dcat.objects(period, DCAT.startDate)
    assert start == Literal("2025-09-14T16:00:00Z", datatype=XSD.dateTime)
    assert list(dcat.objects(dataset("shelters"), DCTERMS.source)) == [URIRef("https://example.jp/list?a=1&b=2")]
    assert list(dcat.objects(dataset("emergency-sites"), SKOS.editorialNote))


def test_distributions_lead_to_what_they_say(dcat: Graph, client: TestClient) -> None:
    for layer in LAYERS:
        for each in dcat.objects(dataset(layer), DCAT.distribution):
            assert (each, RDF.type, DCAT.Distribution) in dcat
            (media_type,) = dcat.objects(each, DCAT.mediaType)
            answer = client.get(str(each))
            assert answer.status_code == 200, each
            named = str(media_type).removeprefix("https://www.iana.org/assignments/media-types/")
            assert answer.headers["content-type"].split(";")[0] == named
            (address,) = dcat.objects(each, DCAT.accessURL)
            assert client.get(str(address)).status_code == 200
            for download in dcat.objects(each, DCAT.downloadURL):
                assert client.get(str(download)).status_code == 200
    assert list(dcat.objects(URIRef(f"{dataset('elevation')}/coverage?f=GTiff"), DCAT.downloadURL))


def test_the_service_says_what_it_conforms_to(dcat: Graph, client: TestClient) -> None:
    (service,) = dcat.subjects(RDF.type, DCAT.DataService)
    assert str(service) == BASE
    assert set(map(str, dcat.objects(service, DCTERMS.conformsTo))) == set(
        client.get("/ogc/conformance").json()["conformsTo"]
    )
    assert len(set(dcat.objects(service, DCAT.servesDataset))) == len(LAYERS)
    (document,) = dcat.objects(service, DCAT.endpointDescription)
    assert client.get(str(document)).json()["openapi"].startswith("3.")


def test_measurements_are_of_metrics_that_are_defined(dcat: Graph) -> None:
    for layer in LAYERS:
        measurements = list(dcat.objects(dataset(layer), DQV.hasQualityMeasurement))
        assert measurements, layer
        for each in measurements:
            (metric,) = dcat.objects(each, DQV.isMeasurementOf)
            assert (metric, RDF.type, DQV.Metric) in dcat
            assert {text.language for text in dcat.objects(metric, SKOS.definition) if isinstance(text, Literal)} == {
                "ja", "en",
            }  # fmt: skip
            assert str(next(iter(dcat.objects(metric, DQV.inDimension)))).startswith("http://www.w3.org/2016/05/ldqd#")
            (value,) = dcat.objects(each, DQV.value)
            assert isinstance(value, Literal)
            assert value.datatype == XSD.decimal


def test_a_search_as_dcat_holds_what_was_found(client: TestClient) -> None:
    found = graph(client, "/ogc/collections/catalogue/items?f=jsonld&ids=shelters")
    assert list(found.objects(CATALOGUE, DCAT.dataset)) == [dataset("shelters")]
    assert len(graph(client, "/ogc/collections/catalogue?f=jsonld")) == len(graph(client, "/ogc/dcat"))
    one = graph(client, "/ogc/collections/catalogue/items/elevation?f=jsonld")
    assert list(one.subjects(RDF.type, DCAT.Dataset)) == [dataset("elevation")]


def test_internal_catalogue_is_marked_restricted(city: SmallCity) -> None:
    with client_of(city, Face.INTERNAL) as internal:
        found = graph(internal, "/ogc/dcat")
        rights = set(map(str, found.objects(None, DCTERMS.accessRights)))
    assert rights == {vocabulary.RESTRICTED_ACCESS}


# --- quality reports -------------------------------------------------------------------------------------------


def test_the_quality_report_counts(client: TestClient) -> None:
    report = client.get("/ogc/collections/emergency-sites/quality").json()
    assert (report["numberOfFeatures"], report["fictitious"], report["asOf"]) == (4, True, "2024-03-31")
    by_metric: dict[tuple[str, str | None], dict[str, Any]] = {
        (each["metric"], each.get("attribute")): each for each in report["measurements"]
    }
    remarks = by_metric["field-completeness", "remarks"]
    assert (remarks["value"], remarks["count"], remarks["of"], remarks["unit"]) == (0.5, 2, 4, "1")
    assert remarks["element"] == "completenessOmission"
    assert remarks["attributeTitle"] == "備考"
    assert by_metric["field-completeness", "for_flood"]["count"] == 3  # false is a value, absent is none
    assert by_metric["records-with-a-place", None]["value"] == 0.75
    assert by_metric["position-quality", "none"]["attributeTitle"] == "位置不明"
    assert by_metric["position-error-median", None]["value"] == 1.5
    assert report["loads"][0]["rowsLoaded"] == 4
    gauges = client.get("/ogc/collections/rain-gauges/quality?lang=en").json()
    assert gauges["loads"][0]["title"] == "JMA AMeDAS stations, CSV"
    assert gauges["loads"][0]["rowsRead"] == 7
    rain = client.get("/ogc/collections/rain-observations/quality").json()["measurements"]
    assert not {each["metric"] for each in rain} & {"position-quality", "records-with-a-place"}


def test_the_report_tells_nothing_internal(client: TestClient) -> None:
    for form in ("json", "html", "jsonld"):
        text = client.get(f"/ogc/collections/emergency-sites/quality?f={form}").text
        for secret in ("test.csv", "load_id", "raw_number", "試験</", "extras"):
            assert secret not in text, (form, secret)


def test_the_report_as_a_page_and_as_dqv(client: TestClient) -> None:
    page = client.get("/ogc/collections/emergency-sites/quality?f=html").text
    assert "50.0 %" in page
    assert "「なし」や0ではありません" in page
    assert "Completeness of a field" in client.get("/ogc/collections/emergency-sites/quality?f=html&lang=en").text
    found = graph(client, "/ogc/collections/emergency-sites/quality?f=jsonld")
    report = client.get("/ogc/collections/emergency-sites/quality").json()
    assert len(set(found.subjects(RDF.type, DQV.QualityMeasurement))) == len(report["measurements"])
    assert client.get("/ogc/collections/nowhere/quality").status_code == 404
    links = client.get("/ogc/collections/emergency-sites").json()["links"]
    assert [link for link in links if link["rel"] == "describedby" and link["href"].endswith("/quality?f=json")]


def test_internal_report_is_of_core(own_records: SmallCity) -> None:
    own_records.execute("UPDATE core.emergency_sites SET remarks = '全部'")
    path = "/ogc/collections/emergency-sites/quality"

    def completeness(face: Face) -> float:
        with client_of(own_records, face) as client:
            measurements = client.get(path).json()["measurements"]
        return next(each["value"] for each in measurements if each.get("attribute") == "remarks")  # type: ignore[no-any-return]

    assert (completeness(Face.PUBLIC), completeness(Face.INTERNAL)) == (0.5, 1.0)


def test_not_measured_is_said(own_records: SmallCity) -> None:
    own_records.execute("DELETE FROM publication.quality")
    with client_of(own_records) as client:
        answer = client.get("/ogc/collections/emergency-sites/quality?lang=en")
        assert answer.status_code == 404
        assert "Not measured yet" in answer.json()["detail"]
        assert client.get("/ogc/dcat").status_code == 200


def test_the_database_is_away(own_records: SmallCity, cluster: EmbeddedCluster) -> None:
    name = own_records.database.name
    with client_of(own_records) as client:
        assert client.get("/ogc/collections").status_code == 200
        with cluster._admin("postgres") as admin:
            admin.autocommit = True
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        client.app.state.service.watch._looked_at = -10.0  # type: ignore[attr-defined]
        try:
            assert client.get("/ogc/collections/catalogue/items").status_code == 200, "it is known without rows"
            assert client.get("/ogc/collections/catalogue/items/emergency-sites").status_code == 200
            for path in ("/ogc/dcat", "/ogc/collections/emergency-sites/quality"):
                away = client.get(path)
                assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
        finally:
            with cluster._admin("postgres") as admin:
                admin.autocommit = True
                admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


# --- schema.org ------------------------------------------------------------------------------------------------


def test_linked_data_of_collections_loads_nothing(client: TestClient) -> None:
    for path in ("/ogc?f=jsonld", "/ogc/collections?f=jsonld", "/ogc/collections/shelters?f=jsonld"):
        found = graph(client, path)
        assert not [term for term in found.predicates() if "jsonldcontext" in str(term)]
    document = client.get("/ogc/collections/shelters?f=jsonld").json()["dataset"]
    assert sorted(document["license"]) == [
        "https://creativecommons.org/licenses/by/4.0/deed.ja",
        "https://www.gsi.go.jp/kikakuchousei/kikakuchousei40182.html",
    ]
    assert len(client.get("/ogc/collections?f=jsonld").json()["dataset"]) == len(LAYERS)


def test_the_page_of_a_collection_carries_it(client: TestClient) -> None:
    page = client.get("/ogc/collections/shelters?f=html&lang=en").text
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert not set(text) & set("<>&")
    document = json.loads(text)
    assert document["@type"] == "Dataset"
    assert document["name"] == "Designated shelters"
    assert document["temporalCoverage"] == "2020-01-01T00:00:00Z/2024-03-31T23:59:59Z"


def test_vocabulary_has_every_term_of_ours() -> None:
    from layers.licences import CC_BY_4_0, GSI, ODBL_1_0
    from layers.model import Theme, UpdateFrequency

    assert set(vocabulary.FREQUENCIES) == set(UpdateFrequency)
    assert set(vocabulary.THEMES) == set(Theme)
    assert all(vocabulary.theme_title(theme).ja != f"theme.{theme}" for theme in Theme)
    assert vocabulary.spdx_expression([CC_BY_4_0]) == "CC-BY-4.0"
    assert vocabulary.spdx_expression([CC_BY_4_0, ODBL_1_0]) == "CC-BY-4.0 AND ODbL-1.0"
    assert vocabulary.spdx_expression([CC_BY_4_0, GSI]) == "other"
    assert vocabulary.spdx_expression([]) == "other"
