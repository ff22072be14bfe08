"""Templates are drawn as Jinja draws them, and what stands on many pages once."""

from collections import Counter
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, nodes
from jinja2.exceptions import TemplateAssertionError, UndefinedError
from markupsafe import Markup

from web_map.drawing import FOLDER, environment_of
from web_map.ruby import ruby_in, with_ruby

TEMPLATE = """
{% macro item(each, tag) %}<i class="{{ tag }}">{{ each.name }}{{ t("one") }}{{ p("bare") }}</i>{% endmacro %}
{% for each in items if each.name %}{{ item(each, tag="a&b") }}{% endfor %}
{{ given.attribute }} {{ marked }} {{ t("with", name=items[0].name) }} {{ items|length }} {{ "%.2f"|format(1.5) }}
"""
TEXTS = {"one": Markup("<b>1</b>"), "with": "{name}!", "bare": "<&>"}


class Given:
    attribute = "<of an object>"


def say(key: str, **values: object) -> str:
    return TEXTS[key].replace("{name}", str(values["name"])) if values else TEXTS[key]


def with_template(environment: Environment, template: str = TEMPLATE) -> Environment:
    environment.loader = DictLoader({"a": template})
    return environment


def test_it_draws_what_jinja_draws() -> None:
    values: dict[str, Any] = {
        "items": [{"name": "<a>"}, {"name": ""}, {"name": 7}],
        "given": Given(),
        "marked": Markup("<hr>"),
    }
    ours = with_template(environment_of({}, ("t", "p"), t=say, p=say))
    plain = with_template(Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True))
    plain.globals.update(t=say, p=say)
    drawn = ours.get_template("a").render(values)
    assert drawn == plain.get_template("a").render(values)
    assert '<i class="a&amp;b">&lt;a&gt;<b>1</b>&lt;&amp;&gt;</i>' in drawn


@pytest.mark.parametrize(
    ("call", "drawn"),
    [
        ("m(1)", "1-2"),
        ("m(1, 3)", "1-3"),
        ("m(b=3, a=1)", "1-3"),
        ("m(1, b='<')", "1-&lt;"),
        ("m(1, 2, 3)", None),
        ("m(1, c=2)", None),
        ("m()", None),
    ],
)
def test_macros_take_what_jinja_has_them_take(call: str, drawn: str | None) -> None:
    template = "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ " + call + " }}"
    for environment in (environment_of(), Environment(autoescape=True, undefined=StrictUndefined)):
        made = with_template(environment, template).get_template("a")
        if drawn is None:
            with pytest.raises((TypeError, UndefinedError)):
                made.render()
        else:
            assert made.render() == drawn


@pytest.mark.parametrize("template", ["{{ missing }}", "{{ missing.member }}", "{{ missing() }}"])
def test_what_is_not_there_is_an_error(template: str) -> None:
    with pytest.raises(UndefinedError, match="missing"):
        with_template(environment_of(), template).get_template("a").render()


def test_what_stands_on_many_pages_is_drawn_once() -> None:
    called = []

    def count() -> str:
        called.append(1)
        return "<"

    environment = with_template(
        environment_of(count=count),
        "{% macro one(a) %}{{ count() }}{{ a.b }}{% endmacro %}{% macro other(a) %}{{ a.b }}{% endmacro %}"
        "{{ kept(one, a) }}{{ kept(one, a) }}{{ kept(other, a) }}",
    )
    for values in ({"b": "&"}, {"b": "&"}, {"b": ["&", 1]}):
        drawn = environment.get_template("a").render(a=values)
    assert drawn == "&lt;[&#39;&amp;&#39;, 1]&lt;[&#39;&amp;&#39;, 1][&#39;&amp;&#39;, 1]"
    assert len(called) == 2
    assert environment_of().globals["kept"] is not environment.globals["kept"]


HOLES = "{% macro m(a, each, other) %}{{ other }}{{ a.b }}{{ each }}{{ each }}%s{% endmacro %}"


@pytest.mark.parametrize("keep", ["kept", "kept_of"])
def test_what_differs_from_page_to_page_is_put_into_what_is_kept(keep: str) -> None:
    template = HOLES + "{{ " + keep + "(m, a, each=given, other=marked) }}|{{ m(a, given, marked) }}"
    made = with_template(environment_of(), template).get_template("a")
    document = {"b": "<%>"}
    for given, marked in (("&{}", Markup("<hr>")), (1.5, "%s"), ("", Markup("\\1"))):
        kept, drawn = made.render(a=document, given=given, marked=marked).split("|")
        assert kept == drawn
    assert kept == "\\1&lt;%&gt;%s"


@pytest.mark.parametrize(
    "use",
    [
        "{% if each %}{% endif %}",
        "{% for one in each %}{% endfor %}",
        "{{ each.name }}",
        "{{ each['name'] }}",
        "{{ each|ruby }}",
        "{{ each|length }}",
        "{{ '%s'|format(each) }}",
        "{{ each == 1 }}",
        "{{ each < 1 }}",
        "{{ each + 1 }}",
        "{{ t('with', name=each) }}",
        "{{ kept(m, each) }}",
    ],
)
def test_what_is_put_in_can_be_put_out_and_nothing_else(use: str) -> None:
    template = "{% macro m(a) %}{{ a }}{% endmacro %}{% macro n(each) %}" + use + "{% endmacro %}{{ kept(n, each=1) }}"
    with pytest.raises((TypeError, UndefinedError)):
        with_template(environment_of(t=say), template).get_template("a").render()


@pytest.mark.parametrize(
    "use", ["{{ t(kept(m)) }}", "{{ kept(m)|length }}", "{% if x|ruby_in('p') %}{% endif %}", "{{ m(kept_of(m, x)) }}"]
)
def test_what_is_kept_is_put_out_and_nothing_else(use: str) -> None:
    with pytest.raises(TemplateAssertionError, match="put out"):
        with_template(environment_of(t=say), "{% macro m(a) %}{% endmacro %}" + use).get_template("a")


def test_what_is_the_same_everywhere_stands_in_the_program_and_has_its_name_alone() -> None:
    constants = {"language": "<ja>", "given": Given()}
    made = with_template(environment_of(constants), "{{ language }}{{ given.attribute }}{{ language|length }}")
    assert made.get_template("a").render() == "&lt;ja&gt;&lt;of an object&gt;4"
    for template in ("{% macro m(language) %}{% endmacro %}", "{% for given in (1, 2) %}{% endfor %}"):
        with pytest.raises(TemplateAssertionError, match="the same everywhere"):
            with_template(environment_of(constants), template).get_template("a")


def test_what_is_kept_is_told_apart_by_its_name() -> None:
    environment = environment_of()
    trees = [environment.parse((FOLDER / name).read_text(encoding="utf-8")) for name in environment.list_templates()]
    defined = Counter(each.name for tree in trees for each in tree.find_all(nodes.Macro))
    kept = set()
    for call in (each for tree in trees for each in tree.find_all(nodes.Call)):
        match call:
            case nodes.Call(node=nodes.Name(name="kept" | "kept_of"), args=[nodes.Name(name=macro), *_]):
                kept.add(macro)
    assert kept
    assert {name: defined[name] for name in kept} == dict.fromkeys(kept, 1)


def test_many_texts_are_drawn_as_each_of_them() -> None:
    texts = ["避難《ひなん》する", "<b>", "｜かな《kana》と水《みず》"]
    assert ruby_in(texts, "li") == "".join(f"<li>{with_ruby(each)}</li>" for each in texts)
    assert ruby_in([], "p") == ""
