"""The models that can be asked for, and one of them solved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.errors import InfeasibleError, InputError
from geo.location.backup import bacop1, bacop2
from geo.location.busy import mexclp
from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.exchange import mclp_by_exchange, p_median_by_exchange
from geo.location.median import p_median
from geo.location.patience import Patience
from geo.location.problem import Problem
from geo.location.program import OutOfTimeError
from geo.location.siting import Siting
from geo.location.standards import dsm
from layers.text import Text
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes._model import Input, Values
from services.ogc.processes._planning.facilities import MOST_LOADED

MOST_LIMIT_S = 60.0
"""Between its steps the solver may work for a while: who asks and goes keeps it no longer than this."""
EXACT_PAIRS = {"p-median": 150_000, "mclp": 4_000_000}
"""With more pairs of a site and a point, ``auto`` does not try to solve these exactly."""
_NAMED = 5


class Model(StrEnum):
    """The models of ``geo.location``."""

    LSCP = "lscp"
    MCLP = "mclp"
    P_MEDIAN = "p-median"
    P_CENTER = "p-center"
    BACOP1 = "bacop1"
    BACOP2 = "bacop2"
    DSM = "dsm"
    MEXCLP = "mexclp"


TITLES: Mapping[Model, Text] = {
    Model.LSCP: Text("すべての需要に届く最少の施設（LSCP）", "the fewest sites that cover all (LSCP)"),
    Model.MCLP: Text("届く需要を最大にする（MCLP）", "the most demand covered (MCLP)"),
    Model.P_MEDIAN: Text("時間の合計を最小にする（p-median）", "the least time in all (p-median)"),
    Model.P_CENTER: Text("最も遅い到着を最小にする（p-center）", "the least longest time (p-center)"),
    Model.BACOP1: Text("すべてに1回届き、2回届く需要を最大にする（BACOP1）", "all covered, the most twice (BACOP1)"),
    Model.BACOP2: Text(
        "1回届く需要と2回届く需要を釣り合わせる（BACOP2）", "covered once and twice in balance (BACOP2)"
    ),
    Model.DSM: Text("二重の基準（DSM）", "double standard (DSM)"),
    Model.MEXCLP: Text(
        "出動中を見込んで届く需要を最大にする（MEXCLP）", "the most expected coverage, some busy (MEXCLP)"
    ),
}
OBJECTIVES: Mapping[Model, Text] = {
    Model.LSCP: Text("施設の数", "number of sites"),
    Model.MCLP: Text("届く需要", "demand covered"),
    Model.P_MEDIAN: Text("需要×秒の合計", "demand times seconds, in all"),
    Model.P_CENTER: Text("最も遅い到着（秒）", "longest time in seconds"),
    Model.BACOP1: Text("2回以上届く需要", "demand covered twice or more"),
    Model.BACOP2: Text("1回と2回の重みづけの和", "weighted sum of covered once and twice"),
    Model.DSM: Text("短い基準で2回以上届く需要", "demand covered twice within the short time"),
    Model.MEXCLP: Text("空いている隊が届く需要の期待値", "expected demand with a free unit in reach"),
}
WITH_CAPACITIES = frozenset({Model.LSCP, Model.MCLP, Model.P_MEDIAN})
WITH_HEURISTIC = frozenset({Model.MCLP, Model.P_MEDIAN})
_COVERS_ALL = {Model.LSCP: "limit_s", Model.BACOP1: "limit_s", Model.DSM: "long_limit_s"}

_SECONDS = {"type": "number", "minimum": 0, "maximum": 86_400}
INPUTS: Mapping[str, Input] = {
    "model": Input(
        title=Text("モデル", "Model"),
        description=Text(
            "何を最もよくするか。" + "、".join(f"{each}: {title.ja}" for each, title in TITLES.items()) + "。",
            "What is to be best. " + "; ".join(f"{each}: {title.en}" for each, title in TITLES.items()) + ".",
        ),
        schema={"type": "string", "enum": [str(each) for each in Model], "default": str(Model.MCLP)},
        required=False,
    ),
    "sites": Input(
        title=Text("施設の総数", "Sites in all"),
        description=Text(
            "今ある施設を含む総数。dsmとmexclpでは隊の総数。lscpでは指定しない。省略すると今ある数に1を加える。",
            "In all, existing ones included; of dsm and mexclp the units in all; not for lscp. One more than there are "
            "where left out.",
        ),
        schema={"type": "integer", "minimum": 1, "maximum": MOST_LOADED},
        required=False,
    ),
    "compare": Input(
        title=Text("比べる総数", "Compared with"),
        description=Text(
            "ほかの総数でも求めて比べる。例 [10, 13]。",
            "Other numbers in all to be solved and compared, such as [10, 13].",
        ),
        schema={
            "type": "array",
            "uniqueItems": True,
            "maxItems": 10,
            "items": {"type": "integer", "minimum": 1, "maximum": MOST_LOADED},
            "default": [],
        },
        required=False,
    ),
    "limit_s": Input(
        title=Text("基準の時間", "Limit"),
        description=Text(
            "届いたとみなす秒数（ちょうどを含む）。dsmでは短い基準。",
            "Seconds within which demand is covered, inclusive; the short standard of dsm.",
        ),
        schema={**_SECONDS, "default": 270},
        required=False,
    ),
    "long_limit_s": Input(
        title=Text("長い基準", "Long limit"),
        description=Text(
            "dsmの長い基準（秒）。すべての需要がこの中にある。", "Of dsm, in seconds: all demand is within it."
        ),
        schema={**_SECONDS, "default": 900},
        required=False,
    ),
    "share": Input(
        title=Text("割合", "Share"),
        description=Text(
            "dsm: 短い基準で届くべき割合。bacop2: 1回届くことの重み（残りが2回）。",
            "dsm: what share is to be covered within the short limit. bacop2: the weight of covered once; the rest is "
            "that of twice.",
        ),
        schema={"type": "number", "minimum": 0, "maximum": 1, "default": 0.5},
        required=False,
    ),
    "busy_fraction": Input(
        title=Text("出動中の割合", "Busy fraction"),
        description=Text("mexclp: 隊が出動中である時間の割合。", "mexclp: the share of time for which a unit is busy."),
        schema={"type": "number", "minimum": 0, "maximum": 0.99, "default": 0.3},
        required=False,
    ),
    "most_per_site": Input(
        title=Text("1か所の隊の上限", "Most at a site"),
        description=Text("dsmとmexclp: 1か所に置ける隊の数。", "dsm and mexclp: how many units may stand at one site."),
        schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 2},
        required=False,
    ),
    "method": Input(
        title=Text("解き方", "Method"),
        description=Text(
            "exact: 最適性を証明する（HiGHS）。heuristic: 貪欲法と交換、下限つき（mclpとp-median）。auto: "
            "大きすぎるか時間内に解けないときだけheuristic。",
            "exact: proven (HiGHS). heuristic: greedy and exchange with a bound (mclp and p-median). auto: heuristic "
            "where exact is too large or not done in time.",
        ),
        schema={"type": "string", "enum": ["auto", "exact", "heuristic"], "default": "auto"},
        required=False,
    ),
    "time_limit_s": Input(
        title=Text("計算の上限", "Time limit"),
        description=Text(
            "すべての案を解く秒数の上限。案ごとに等分する。達したらその時点の最良の案と、残る差を答える。",
            "Seconds for all plans together, in equal parts; beyond, the best so far is told, with the gap that is "
            "left.",
        ),
        schema={"type": "number", "minimum": 1, "maximum": MOST_LIMIT_S, "default": 30},
        required=False,
    ),
}


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """A siting and how it was found: ``exact`` or ``heuristic``."""

    siting: Siting
    method: str


def check(inputs: Values, *, has_capacity: bool) -> Model:
    """The model, where the inputs go together with it.

    Raises
    ------
    ParameterError
        If a number of sites is given for LSCP, there are capacities or a heuristic that the model does not know, or
        times are the wrong way round.
    """
    model = Model(inputs["model"])
    if model is Model.LSCP and (inputs.get("sites") is not None or inputs["compare"]):
        raise ParameterError("sites", Text("lscpでは施設の数が答えです。", "the number of sites is what lscp finds."))
    if has_capacity and model not in WITH_CAPACITIES:
        raise ParameterError(
            "capacity",
            Text(
                f"定員は{'、'.join(sorted(WITH_CAPACITIES))}で使えます。",
                f"capacities are for {', '.join(sorted(WITH_CAPACITIES))}.",
            ),
        )
    if inputs["method"] == "heuristic" and (model not in WITH_HEURISTIC or has_capacity):
        raise ParameterError(
            "method",
            Text(
                f"heuristicは定員のない{'、'.join(sorted(WITH_HEURISTIC))}で使えます。",
                f"heuristic is for {', '.join(sorted(WITH_HEURISTIC))} without capacities.",
            ),
        )
    if model is Model.DSM and inputs["limit_s"] > inputs["long_limit_s"]:
        raise ParameterError("long_limit_s", Text("limit_s 以上にしてください。", "it is at least limit_s."))
    return model


def check_count(problem: Problem, model: Model, total: int, inputs: Values, parameter: str) -> None:
    """Raises ``ParameterError`` where so many sites (units) cannot be open."""
    usable = int(np.count_nonzero(problem.usable))
    most = usable * (inputs["most_per_site"] if model in (Model.DSM, Model.MEXCLP) else 1)
    if not problem.fewest <= total <= most:
        raise ParameterError(
            parameter,
            Text(
                f"{total}か所にはできません。残す施設と必ず置く候補地で{problem.fewest}、置けるのは{most}までです。",
                f"{total} cannot be: {problem.fewest} are given, and at most {most} can be open.",
            ),
        )


def check_coverable(problem: Problem, model: Model, inputs: Values, names: Callable[[int], str]) -> None:
    """Raises ``UnanswerableError`` where a model has to cover all and some demand is too far from every site, or there
    is a way to none.

    It says which, and by how much; ``names`` gives the name of a point of the problem.
    """
    parameter = _COVERS_ALL.get(model)
    if parameter is None:
        return
    if not problem.reachable.any():
        raise UnanswerableError(
            Text("どの候補地からも、需要に至る道がない。", "From no site there is a way to any of the demand.")
        )
    limit_s = float(inputs[parameter])
    nearest = problem.nearest_s
    late = np.flatnonzero(problem.reachable & (nearest > limit_s))
    if not len(late):
        return
    late = late[np.argsort(-nearest[late], kind="stable")]
    weight, longest = problem.weight[late].sum(), float(nearest[late].max())
    ja = "、".join(f"{names(point)}は{nearest[point] - limit_s:.0f}秒" for point in late[:_NAMED].tolist())
    en = ", ".join(f"{names(point)} by {nearest[point] - limit_s:.0f} s" for point in late[:_NAMED].tolist())
    more_ja = f"ほか{len(late) - _NAMED:,}点" if len(late) > _NAMED else ""
    more_en = f" and {len(late) - _NAMED:,} more" if len(late) > _NAMED else ""
    raise UnanswerableError(
        Text(
            f"どの候補地からも{limit_s:g}秒以内に届かない需要が{len(late):,}点（{weight:,.0f}）"
            f"ある（{ja}足りない{more_ja}）。"
            f"{parameter} を{longest:.0f}以上にするか、候補地を増やすこと。",
            f"No site covers {len(late):,} points ({weight:,.0f} in all) within {limit_s:g} s: {en}{more_en} too late. "
            f"Give {parameter} of {longest:.0f} or more, or more candidates.",
        )
    )


def solved(
    problem: Problem,
    model: Model,
    total: int | None,
    inputs: Values,
    time_limit_s: float,
    told: Callable[[float], None] = lambda _share: None,
) -> Solution:
    """The best sites; of LSCP ``total`` is None.

    ``told`` is called by the solver and the heuristic with how much of the time is spent, from 0 to 1; what it raises
    ends them.

    Raises
    ------
    UnanswerableError
        If no choice of sites keeps all the rules, or none was found in time.
    """
    limit_s = float(inputs["limit_s"])
    pairs = len(problem.usable) * len(problem.weight)
    heuristic = inputs["method"] == "heuristic" or (
        inputs["method"] == "auto" and problem.capacity is None and pairs > EXACT_PAIRS.get(model, pairs)
    )
    patience = Patience(time_limit_s)
    patience.check = lambda: told(patience.spent)
    try:
        if not heuristic:
            try:
                return Solution(_exact(problem, model, total, inputs, limit_s, patience), "exact")
            except OutOfTimeError:
                if inputs["method"] == "exact" or model not in WITH_HEURISTIC or problem.capacity is not None:
                    raise
        p = total or 0
        if not heuristic:  # the solver has had its time
            patience = Patience(time_limit_s, patience.check)
        if model is Model.MCLP:
            return Solution(mclp_by_exchange(problem, limit_s, p, patience), "heuristic")
        return Solution(p_median_by_exchange(problem, p, patience), "heuristic")
    except OutOfTimeError as error:
        raise UnanswerableError(
            Text(
                f"{time_limit_s:g}秒のうちに案が見つかりません。time_limit_s を増やすか、候補地を減らすこと。",
                f"No plan was found in {time_limit_s:g} s: raise time_limit_s, or give fewer candidates.",
            )
        ) from error
    except InfeasibleError as error:
        raise UnanswerableError(
            Text(
                f"条件をすべて満たす案がない（{error.message}）。施設を増やすか、基準を緩めること。",
                f"No plan keeps all the rules: {error}",
            )
        ) from error
    except InputError as error:
        raise ParameterError("model", Text(f"この条件では求められません（{error}）。", str(error))) from error


def _exact(
    problem: Problem, model: Model, total: int | None, inputs: Values, limit_s: float, patience: Patience
) -> Siting:
    p, time_limit_s, check = total or 0, patience.limit_s, patience.check
    match model:
        case Model.LSCP:
            return lscp(problem, limit_s, time_limit_s=time_limit_s, check=check)
        case Model.MCLP:
            return mclp(problem, limit_s, p, time_limit_s=time_limit_s, check=check)
        case Model.P_MEDIAN:
            return p_median(problem, p, time_limit_s=time_limit_s, check=check)
        case Model.P_CENTER:
            return p_center(problem, p, time_limit_s=time_limit_s, check=check)
        case Model.BACOP1:
            return bacop1(problem, limit_s, p, time_limit_s=time_limit_s, check=check)
        case Model.BACOP2:
            return bacop2(problem, limit_s, p, float(inputs["share"]), time_limit_s=time_limit_s, check=check)
        case Model.DSM:
            long_s, share, most = float(inputs["long_limit_s"]), float(inputs["share"]), int(inputs["most_per_site"])
            return dsm(problem, limit_s, long_s, share, p, most, time_limit_s=time_limit_s, check=check)
        case Model.MEXCLP:
            busy, most = float(inputs["busy_fraction"]), int(inputs["most_per_site"])
            return mexclp(problem, limit_s, p, busy, most, time_limit_s=time_limit_s, check=check)
