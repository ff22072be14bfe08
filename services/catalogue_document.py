"""The data dictionary, ``data/README.md``: every layer, field, code and source format, from the declarations.

``python -m services.catalogue_document`` writes it; a test says when that was forgotten.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from layers.catalogue import catalogue
from layers.editors import ROLE_TITLES
from layers.model import CodeList, Embedded, Field, Layer, Role, SourceFormat
from layers.sheet import OpenDataSheet
from services.settings import ROOT

PATH = ROOT / "data" / "README.md"

_HEAD = """\
# Data dictionary / データ辞書

Made from the declarations in `layers/` by `python -m services.catalogue_document`; do not edit by hand.
Where the data comes from is in [manifest.toml](manifest.toml).

Every stored row also has: `id`, `geometry` (EPSG:6668), `source_id` (the source format), `dataset`, `as_of` (the date
described; absent: unknown), `fictitious` (架空データ), `position_quality` (`as-published` coordinates of the source,
`town` / `town-inferred` point of the town an address names, `mesh` cell, `edited` given by the city's staff, `reported`
by the vehicle itself, `none` no position) and `position_error_m` (metres; absent: unknown). A feature that the staff
made or changed by hand has `source_id` `edits`. An absent value is unknown, never "no" and never zero.
"""


def catalogue_document() -> str:
    """The dictionary as Markdown, ending with a line break."""
    lines: list[str] = [_HEAD, "## Layers / レイヤー\n"]
    layers = list(catalogue().values())
    lines += [
        *_table(
            ("layer", "名称", "title", "theme", "geometry", "visibility"),
            (
                (
                    f"[{layer.id}](#{layer.id})",
                    layer.title.ja,
                    layer.title.en,
                    layer.theme,
                    layer.geometry,
                    layer.visibility,
                )
                for layer in layers
            ),
        ),
        "",
    ]
    for layer in layers:
        lines += _layer(layer)
    lines += ["## Code lists / コード表\n"]
    for codes in _code_lists(layers):
        lines += _codes(codes)
    return "\n".join(lines).rstrip("\n") + "\n"


def _layer(layer: Layer) -> Iterator[str]:
    yield f"## {layer.id}\n"
    yield f"**{layer.title.ja}** / {layer.title.en}\n"
    yield f"{layer.description.ja}\n"
    yield f"{layer.description.en}\n"
    yield f"- owner: {layer.owner.ja} / {layer.owner.en}"
    yield f"- licence: [{layer.licence.title.en}]({layer.licence.url}); attribution: {layer.attribution.ja}"
    if layer.editable_by:
        roles = [ROLE_TITLES[role] for role in Role if role in layer.editable_by]
        yield f"- edited by hand by: {'、'.join(each.ja for each in roles)} / {', '.join(each.en for each in roles)}"
    yield f"- updated: {layer.update_frequency}\n"
    yield from _table(("field", "型 type", "単位 unit", "名称", "title", "notes"), map(_field, layer.fields))
    yield ""
    yield "Read from:\n"
    yield from _table(("format", "資料", "source", "position", "columns"), map(_format, layer.formats))
    yield ""
    if layer.open_data is not None:
        yield from _sheet(layer.open_data)


def _field(field: Field) -> tuple[str, ...]:
    notes = [
        *(["required"] if field.required else []),
        *([] if field.public else ["**internal / 非公開**"]),
        *([f"[{codes.id}](#{codes.id})"] if (codes := field.codes or field.members) is not None else []),
        *([_range(field)] if field.minimum is not None or field.maximum is not None else []),
        *([field.description.ja + " " + field.description.en] if field.description is not None else []),
    ]
    return f"`{field.name}`", field.kind, field.unit or "", field.title.ja, field.title.en, "; ".join(notes)


def _range(field: Field) -> str:
    low = "" if field.minimum is None else f"{field.minimum:g}"
    high = "" if field.maximum is None else f"{field.maximum:g}"
    return f"{low} … {high}".strip()


def _format(source: SourceFormat) -> tuple[str, ...]:
    columns = ", ".join(f"`{column}`" for column in sorted(source.columns))
    where = "in the file" if isinstance(source.geometry, Embedded) else type(source.geometry).__name__
    return f"`{source.id}`", source.title.ja, source.title.en, where, columns


def _sheet(sheet: OpenDataSheet) -> Iterator[str]:
    order = "" if sheet.order_verified else " Which columns it has is verified; their order is inferred."
    name = f"自治体標準オープンデータセット sheet {sheet.number}, `[code]_{sheet.name}.csv`"
    yield f"Written as {name} (`f=municipal-csv`).{order}\n"
    yield f"`{','.join(sheet.header)}`\n"


def _code_lists(layers: Iterable[Layer]) -> list[CodeList]:
    listed = (field.codes or field.members for layer in layers for field in layer.fields)
    found = {codes.id: codes for codes in listed if codes is not None}
    return [found[name] for name in sorted(found)]


def _codes(codes: CodeList) -> Iterator[str]:
    yield f"### {codes.id}\n"
    yield f"{codes.title.ja} / {codes.title.en}. Source: {codes.source}\n"
    yield from _table(
        ("code", "名称", "title", "colour", "from", "below"),
        (
            (
                f"`{entry.value}`",
                entry.title.ja,
                entry.title.en,
                entry.color or "",
                "" if entry.lower is None else f"{entry.lower:g}",
                "" if entry.upper is None else f"{entry.upper:g}",
            )
            for entry in codes.codes
        ),
    )
    yield ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield _row(row)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def write(path: Path = PATH) -> None:
    """Write the dictionary anew."""
    path.write_text(catalogue_document(), encoding="utf-8")


if __name__ == "__main__":
    write()
