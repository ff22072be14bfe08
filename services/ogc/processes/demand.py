"""demand: an index of demand on the mesh, of people, ages and past incidents, without giving a person away."""

from layers.catalogue import catalogue
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._demand import files, index, releasing
from services.ogc.processes._demand.answer import SCHEMA, answer
from services.ogc.processes._demand.cells import Cells, cells_of
from services.ogc.processes._demand.classes import classed
from services.ogc.processes._demand.index import by_town, indexed
from services.ogc.processes._demand.releasing import Prepared, prepared
from services.ogc.processes._demand.report import report
from services.ogc.processes._model import LANGUAGE, Context, Process, Values
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning import documents, writing
from services.ogc.processes._planning.basis import basis
from services.ogc.processes._planning.demand import MESH, PEOPLE, asked_demand
from services.ogc.processes._planning.outputs import Outputs, declared, file

_NOT_KEPT = "not kept"
_NORMALISATION = {
    "mean": Text("区画の平均で割った値（平均の区画が1）", "divided by the mean of the cells (1 is the average cell)"),
    "maximum": Text("最大の区画で割った値（0～1）", "divided by the greatest cell (0 to 1)"),
    "rank": Text("それより少ない区画の割合（0～1）", "the share of cells that have less (0 to 1)"),
}


def run(inputs: Values, context: Context) -> Values:
    """The index; what it takes of records is written down in the log of releases once all else is done."""
    context = context.speaking(inputs.get("language"))
    context.report(10, Text("記録を数え、公開してよいか確かめています。", "Counting records, testing their release."))
    counts = prepared(inputs, context)
    context.report(50, Text("人口を読んでいます。", "Reading the population."))
    points = asked_demand({"demand": MESH, "weight": PEOPLE, "area": inputs.get("area")}, context)
    context.report(70, Text("指数を求めています。", "Finding the index."))
    cells = cells_of(points, inputs["older"], None if counts is None else counts.release, context)
    found = indexed(cells, inputs)
    towns = by_town(cells, found)
    told = basis(
        PROCESS,
        {**inputs, "records": _NOT_KEPT} if isinstance(inputs.get("records"), dict) else inputs,
        None,
        context,
        read=[catalogue()[each] for each in _read(inputs) if context.layers.state(each) is not None],
        assumptions=_assumptions(inputs, counts),
        notes=[*documents.notes_of_demand(points), *_notes(cells, counts)],
    )
    entry = None if counts is None else counts.commit()
    records = None if counts is None else counts.records
    document = answer(found, cells, points, towns, entry, records, told, context)
    release = None if counts is None else counts.release
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(found, cells, classed(found), document),
        released=lambda: files.released_layer(release, document),
        released_table=lambda: files.released_table(release),
        table=lambda: files.table(found, towns),
        report=lambda: report(cells, classed(found), document, context),
    )


def _read(inputs: Values) -> list[str]:
    """The layers that are read."""
    records = inputs.get("records")
    return [MESH, _place.TOWNS, *([records] if isinstance(records, str) else [])]


def _assumptions(inputs: Values, counts: Prepared | None) -> list[Text]:
    how = _NORMALISATION[inputs["normalisation"]]
    said = [
        Text(
            f"成分は{how.ja}にそろえ、重みで加重平均する。成分の分からない区画の指数は不明とし、0とはしない。",
            f"Each component is {how.en}; the index is their weighted mean. Where one is not known the index is not, "
            "and not 0.",
        ),
        Text(
            "人口は住んでいる場所のもので、昼間の人数ではない。",
            "People are counted where they live, not where they are by day.",
        ),
    ]
    if counts is not None:
        k = counts.release.k
        said.append(
            Text(
                f"記録はメッシュの数だけを使い、{k}未満の区画は隣と合算した。合算した数はその区画に等しく分ける。"
                "一つの公開からも、同じ名前の前の公開と重ねても、少人数のことは分からない。ほかの名前の公開や、ほかの出所のデータとは比べていない。",
                f"Of records only counts by cell are used, cells of fewer than {k} merged with neighbours and their "
                "count shared equally among them. Neither this release nor earlier ones of its subject beside it tell "
                "of fewer persons. Releases of other subjects, and data of other origin, are not tested.",
            )
        )
    return said


def _notes(cells: Cells, counts: Prepared | None) -> list[Text]:
    said = []
    if cells.beyond_census:
        said.append(
            Text(
                f"国勢調査に人口のない区画のうち、事案のある{cells.beyond_census:,}区画を加えた（人口0とする）。",
                f"{cells.beyond_census:,} cells that the census has nobody in are added for their incidents, with "
                "nobody living there.",
            )
        )
    records = None if counts is None else counts.records
    if counts is None or records is None:
        return said
    k = counts.release.k
    for number, ja, en in (
        (records.without_place, "位置が読めない", "without a place"),
        (records.without_date, "日付が読めない", "without a date"),
        (records.other_period, "期間の外の", "outside of the period"),
        (records.other_area, "範囲の外の", "outside of the area"),
    ):
        if number:
            few = number < k
            said.append(
                Text(
                    f"{ja}記録（{f'{k}未満' if few else f'{number:,}'}件）は数えない。",
                    f"Records {en} ({f'fewer than {k}' if few else f'{number:,}'}) do not count.",
                )
            )
    return said


PROCESS = Process(
    id="demand",
    version="1.0.0",
    title=Text("需要指数", "Index of demand"),
    description=Text(
        "人口、高齢者、過去の事案から、救急・消防の需要の指数をメッシュに求める。重みは自由で、答えに示す。"
        "個人の記録は庁内向けだけで受け取り、保存せず、k人以上のメッシュの数にして、前の公開と重ねても少人数が"
        "分からないことを確かめ、公開記録に残す。",
        "An index of the demand for help on the mesh, by people, older people and past incidents, with weights that "
        "are told. Records of persons are taken on the internal face only and never stored: they become counts by "
        "cell of k persons or more, tested against every earlier release, and written down in the log of releases.",
    ),
    keywords=("需要", "指数", "抽象化個人情報", "demand", "disclosure control"),
    inputs={
        **index.INPUTS,
        "area": demand_inputs.INPUTS["area"],
        **releasing.INPUTS,
        "language": LANGUAGE,
    },
    outputs=declared(
        SCHEMA,
        answer=Text(
            "一文、成分、町、公開、前提、出典。", "One sentence, components, towns, release, assumptions, sources."
        ),
        layer=Text("区画ごとの指数（GeoJSON）。", "Every cell with its index (GeoJSON)."),
        released=file(
            Text("公開した数", "Released counts"),
            Text("一緒に数えた区画ごとの記録の数（GeoJSON）。", "Counts of records by group of cells (GeoJSON)."),
            writing.GEOJSON,
        ),
        released_table=file(
            Text("公開した数の表", "Table of released counts"),
            Text(
                "同じ数を、国勢調査のメッシュ統計の秘匿・合算の形で（CSV）。",
                "The same in the form of the census's mesh tables, with its marks of merging (CSV).",
            ),
            writing.CSV,
        ),
        table=Text("すべての町のCSV。", "All towns, as CSV."),
    ),
    run=run,
    never_kept=frozenset({"records"}),
    examples=({"older": "aged_75_plus", "population_weight": 1, "older_weight": 2},),
)
