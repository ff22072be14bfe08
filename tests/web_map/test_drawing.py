"""Templates are drawn as Jinja draws them, and what stands on many pages once."""

from collections import Counter
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, nodes
from jinja2.exceptions import UndefinedError
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
    ours = with_template(environment_of({"t": TEXTS, "p": TEXTS}, t=say, p=say))
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


def test_what_is_kept_is_told_apart_by_its_name() -> None:
    environment = environment_of()
    trees = [environment.parse((FOLDER / name).read_text(encoding="utf-8")) for name in environment.list_templates()]
    defined = Counter(each.name for tree in trees for each in tree.find_all(nodes.Macro))
    kept = set()
    for call in (each for tree in trees for each in tree.find_all(nodes.Call)):
        match call:
            case nodes.Call(node=nodes.Name(name="kept"), args=[nodes.Name(name=macro), *_]):
                kept.add(macro)
    assert kept
    assert {name: defined[name] for name in kept} == dict.fromkeys(kept, 1)


def test_many_texts_are_drawn_as_each_of_them() -> None:
    texts = ["避難《ひなん》する", "<b>", "｜かな《kana》と水《みず》"]
    assert ruby_in(texts, "li") == "".join(f"<li>{with_ruby(each)}</li>" for each in texts)
    assert ruby_in([], "p") == ""
