"""How the bundle is made and offered: trees of templates, one script of modules, shared texts, and files over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment
from pydantic import SecretStr
from starlette.testclient import TestClient

from geo.errors import InputError
from services.http.app import Face, create_app
from services.http.offline import OfflineFiles
from services.offline.export import folder_of
from services.offline.files import write
from services.offline.shared import Shared
from services.settings import Settings
from tests.conftest import free_port
from tests.web_map.offline.conftest import context
from web_map.linking import classic_script
from web_map.pages import STATIC_FOLDER
from web_map.template_tree import trees

# --- templates, modules, texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    ["{% set a = 1 %}", "{{ a|upper }}", "{{ a + 1 }}", "{% include 'b' %}", "{{ a is defined }}", "{{ a[::2] }}"],
)
def test_what_a_page_cannot_draw_is_refused(template: str) -> None:
    environment = Environment(loader=DictLoader({"a": f"\n{template}"}), autoescape=True)
    with pytest.raises(InputError, match="a, line 2"):
        trees(environment, ["a"])


def test_modules_become_one_script_in_the_order_of_need() -> None:
    script = classic_script(STATIC_FOLDER / "offline" / "app.mjs")
    assert "import " not in script
    assert "export " not in script
    assert script.index("const module_bytes") < script.index("const module_faces") < script.index("const module_city")


@pytest.mark.parametrize(
    "source",
    ["export default 1;\n", "import * as a from './a.mjs';\n", "const a = import('./a.mjs');\n", "export { a };\n"],
)
def test_a_module_of_another_form_is_refused(tmp_path: Path, source: str) -> None:
    (tmp_path / "a.mjs").write_text(source)
    with pytest.raises(InputError):
        classic_script(tmp_path / "a.mjs")


def test_modules_in_a_circle_are_refused(tmp_path: Path) -> None:
    for one, other in ("ab", "ba"):
        (tmp_path / f"{one}.mjs").write_text(f'import {{ x }} from "./{other}.mjs";\n')
    with pytest.raises(InputError, match="imports itself"):
        classic_script(tmp_path / "a.mjs")


def test_documents_of_one_shape_share_their_parts() -> None:
    shared = Shared(("ja", "en"))
    root = shared.put([[{"a": "水", "n": 1}, {"a": "水", "n": 2}], [{"a": "water", "n": 1}, {"a": "water", "n": 2}]])
    assert shared.texts == {"ja": ["水"], "en": ["water"]}

    def read(place: int, language: str) -> object:
        node = shared.nodes[place]
        if isinstance(node, int):
            return shared.texts[language][node]
        if isinstance(node, list):
            return [read(each, language) for each in node]
        return node[""] if "" in node else {name: read(each, language) for name, each in node.items()}

    assert read(root, "en") == [{"a": "water", "n": 1}, {"a": "water", "n": 2}]
    assert read(root, "ja") == [{"a": "水", "n": 1}, {"a": "水", "n": 2}]
    for unlike in ([1, 2], [[1], [1, 2]], [{"a": 1}, {"b": 1}], ["a", None], [1, 1.0]):
        with pytest.raises(InputError):
            shared.put(unlike)


# --- files ------------------------------------------------------------------------------------------------------


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    from services.offline.bundle import Bundle

    (tmp_path / "holiday.jpg").write_bytes(b"x")
    nothing = Bundle({}, context().clock(), fictitious=False)
    with pytest.raises(InputError, match="something else"):
        write(nothing, tmp_path, 30)
    assert (tmp_path / "holiday.jpg").exists()
    first = write(nothing, tmp_path / "new", 30)
    assert (
        write(Bundle({"a": b"1"}, nothing.made_at, fictitious=False), tmp_path / "new", 30).revision != first.revision
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["holiday.jpg", "new"]


@pytest.fixture(scope="module")
def settings(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of a system whose database is away: files are there all the same."""
    away = SecretStr(f"postgresql://nobody@127.0.0.1:{free_port()}/none?connect_timeout=1")
    found = Settings(
        _env_file=None,
        var=tmp_path_factory.mktemp("var"),
        database_url=away,
        database_ingest_url=away,
        database_internal_url=away,
        database_public_url=away,
    )
    folder_of(found).symlink_to(folder)
    return found


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, Face.PUBLIC)) as client:
        yield client


def test_the_bundle_is_served_for_good_and_its_list_is_not(client: TestClient, folder: Path) -> None:
    listed = client.get("/offline/manifest.js", headers={"Accept-Encoding": "br"})
    assert (listed.status_code, listed.headers["cache-control"]) == (200, "no-cache")
    part = next(iter((folder / "parts").glob("core-*.js")))
    plain = client.get(f"/offline/parts/{part.name}", headers={"Accept-Encoding": "identity"})
    small = client.get(f"/offline/parts/{part.name}", headers={"Accept-Encoding": "br"})
    assert "immutable" in plain.headers["cache-control"]
    assert (small.headers["content-encoding"], small.headers["vary"]) == ("br", "Accept-Encoding")
    assert plain.content == small.content == part.read_bytes()
    assert int(small.headers["content-length"]) < len(plain.content)
    assert small.headers["etag"] != plain.headers["etag"]
    assert client.get("/offline/").text.startswith("<!doctype html>")
    assert client.get("/offline/.ngis-offline").status_code == 404
    assert client.get("/offline/%2e%2e/secret").status_code == 404


def test_the_worker_knows_what_to_keep_and_what_to_say(client: TestClient) -> None:
    worker = client.get("/service-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.text.startswith('self.NGIS = {"static": "/static/')
    assert "This does not mean safe." in worker.text


def test_the_answer_page_offers_it(client: TestClient) -> None:
    page = client.get("/?lang=pt")
    assert 'id="save"' in page.text
    assert 'data-worker="/service-worker.js"' in page.text
    assert 'href="/offline/?lang=pt"' in page.text


def test_the_staffs_face_has_neither(settings: Settings) -> None:
    paths = [getattr(route, "path", "") for route in create_app(settings, Face.INTERNAL).routes]
    assert "/healthz" in paths
    assert not [each for each in paths if "offline" in each or "service-worker" in each]


def test_nothing_is_offered_where_nothing_was_exported(tmp_path: Path) -> None:
    assert OfflineFiles(tmp_path / "none").offered() is None
