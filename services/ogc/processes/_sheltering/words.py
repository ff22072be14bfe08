"""The answer in one sentence, and what has to be told beside it."""

from layers.advice import State
from layers.text import Text
from services.ogc.processes._planning.demand import PEOPLE, WEIGHT, DemandPoints
from services.ogc.processes._planning.words import amount, per_cent, time_text
from services.ogc.processes._sheltering.analysis import Sheltering
from services.ogc.processes._sheltering.people import InZones
from services.ogc.processes._sheltering.sites import Sites
from services.ogc.processes._sheltering.walks import Walks


def people_text(value: float) -> str:
    """Parts of people stand for the ground they live on: a sentence has whole ones."""
    return amount(round(value))


def headline(found: Sheltering, people: InZones, sites: Sites, points: DemandPoints) -> Text:
    """One sentence for somebody who reads no more than that."""
    what, reach = people.zones.title, time_text(found.reach_s)
    first, sums = found.first, found.first.sums
    inside, used = found.whole.people["in_zones"], sites.used
    known, assumed = sum(each.has_known_room for each in used), sum(each.assumes_area for each in used)
    put_in = Text(f"、{assumed:,}か所は仮の面積", f", {assumed:,} with an area that was put in") if assumed else None
    share = per_cent(sums["assigned"] / inside if inside else None)
    assigned, unknown, overflowed, far = (people_text(each) for each in sums.values())
    everyone, title = people_text(inside), sites.title
    who_ja, who_en = (
        ("", "") if points.weight in (PEOPLE, WEIGHT) else (f"（{points.what.ja}）", f" ({points.what.en})")
    )
    ja = f"{what.ja}の区域内の{everyone}人{who_ja}のうち、"
    en = f"Of {everyone} people{who_en} in the zones of {what.en} "
    if used:
        ja += (
            f"歩いて{reach.ja}以内の{title.ja}（使えるのは{len(used):,}か所、うち収容力の分かるのは{known:,}か所"
            f"{put_in.ja if put_in else ''}）に"
            f"1人{first.m2_per_person:g}m2で入れるのは最大{assigned}人（{share}）"
        )
        en += (
            f"at most {assigned} ({share}) find a place at {first.m2_per_person:g} m2 each within {reach.en} on foot, "
            f"at {len(used):,} that can be used ({title.en}), of {known:,} of which the room is known"
            f"{put_in.en if put_in else ''}"
        )
        ja += f"。収容力の分からない所しかないのは{unknown}人、あふれるのは{overflowed}人、遠すぎるのは{far}人"
        en += f"; {unknown} have only sites of unknown room left, {overflowed} overflow, {far} are too far"
        for each in found.standards[1:]:
            others = each.sums
            ja += (
                f"。1人{each.m2_per_person:g}m2なら{people_text(others['assigned'])}人が入れ、"
                f"{people_text(others['overflowed'])}人があふれる"
            )
            en += (
                f"; at {each.m2_per_person:g} m2 {people_text(others['assigned'])} find one and "
                f"{people_text(others['overflowed'])} overflow"
            )
    else:
        ja += f"行き先のある人はいない（この災害に使える{title.ja}が0か所）"
        en += f"none has anywhere to go: no site ({title.en}) can be used for this hazard"
    if found.whole.people["zone_unknown"]:
        doubt = people_text(found.whole.people["zone_unknown"])
        ja += f"。ほかに、区域内か分からない人が{doubt}人いる"
        en += f". Of {doubt} others it is not known whether they are in the zones"
    return Text(f"{ja}。", f"{en}.")


def assumptions(sites: Sites, walked: Walks, capacity_m2_per_person: float | None) -> list[Text]:
    """What the figures are of."""
    found = [
        Text(
            "区域内の人は、区画の人口を市域内の土地のうち区域内にある面積の割合で按分した推計（町の代表点や与えた点は、点が区域内に"
            "あればすべて）。区域内の部分の中心から歩く。全員が避難し、自宅の上階にとどまる人を考えない。",
            "People in the zones are those of a cell by the share of its ground in the city that lies there (of a "
            "point all, where it lies there); they set out from the middle of that part. All of them leave; nobody "
            "stays upstairs at home.",
        ),
        Text(
            "割り当ては、まず収容力の分かる所に入れる人が最も多く、次に収容力の分からない所しか残らない人を含めて最も多く、そのうち歩く"
            "時間の合計が最も短いもの（最適であることを確かめた解）。実際の避難はこのとおりには分かれないので、あふれる人はこれより多い。",
            "The assignment gives as many as possible a place at sites of known room, then at those of unknown room, "
            "and of such plans takes the one with the least walking; it is proven optimal. Real crowds do not divide "
            "so well: more will overflow.",
        ),
        Text(
            "収容力は、面積と公表された人数の両方が分かれば少ない方。"
            + (
                "公表された人数は、基準の面積に換算せずそのまま使う。"
                if capacity_m2_per_person is None
                else f"公表された人数は1人{capacity_m2_per_person:g}m2によるものとして換算する。"
            )
            + "開設状況、階数の条件、通路や物資の場所は考えない。",
            "Room is the lesser of what area and published capacity give where both are known. "
            + (
                "Published capacities are taken as they are and not scaled to the standard. "
                if capacity_m2_per_person is None
                else f"Published capacities are taken to be at {capacity_m2_per_person:g} m2 each, and scaled. "
            )
            + "Whether sites open, which floors can be used, and space for aisles or stores are not considered.",
        ),
    ]
    if walked.now is None:
        found.append(
            Text(
                "時間は道路ではなく直線距離による粗い見積りで、川、崖、線路を考えない。",
                "Times are by straight distances, a rough estimate that knows no rivers, cliffs or railways.",
            )
        )
    else:
        found.append(
            Text(
                "時間は歩ける道路に沿い、道路までと道路から先は直線で同じ速さで歩くものとする。"
                + (
                    "区域の外からは区域に触れる道路に入らず、区域の中からは外に出るまで進む。"
                    if walked.keeps_out
                    else "区域の中の道路も自由に歩くものとする。"
                ),
                "Times are along roads on foot, to and from the road in a straight line at the same pace. "
                + (
                    "Nobody enters a road that touches a zone from outside; who is inside goes on until out."
                    if walked.keeps_out
                    else "Roads in the zones are walked freely."
                ),
            )
        )
    if any(each.designated is None for each in sites.used):
        found.append(
            Text(
                "この災害への指定の記載がない所も、区域の外と分かれば使えるものとした。実際に使えることを意味しない。",
                "Sites without a stated designation are taken as usable where they are known to lie outside of the "
                "zones. It does not mean that they are.",
            )
        )
    return found


def notes(sites: Sites, people: InZones, found: Sheltering) -> list[Text]:
    """What must not be overlooked, counted."""
    said = sites.facilities.notes_of_positions()
    if people.spoken_for is None or not people.zones.shapes:
        said.append(
            Text(
                "この市について、対象となる区域がないか、公表されていない。区域内の人が少ないことは、安全を意味しない。",
                "There are no such zones for this city, or none were published: few people in zones does not mean "
                "safe.",
            )
        )
    if found.whole.people["zone_unknown"]:
        doubt = people_text(found.whole.people["zone_unknown"])
        said.append(
            Text(
                f"区域内か分からない人が{doubt}人いる（想定の資料が対象としていない土地）。区域の外には数えない。",
                f"Of {doubt} people it is not known whether they are in the zones, as no data speak for their ground. "
                "They are not counted as outside.",
            )
        )
    unknown = [each for each in sites.used if not each.has_known_room and not each.assumes_area]
    if unknown:
        said.append(
            Text(
                f"使える{len(sites.used):,}か所のうち{len(unknown):,}か所は、面積も収容人数も分からない。収容力を仮定していない。",
                f"Of the {len(sites.used):,} sites that can be used {len(unknown):,} have neither an area nor a "
                "capacity; none is assumed.",
            )
        )
    assumed = [each for each in sites.used if each.assumes_area]
    if assumed:
        said.append(
            Text(
                f"面積も収容人数も分からない{len(assumed):,}か所に、1か所{assumed[0].area_m2:g}m2を仮に置いた。",
                f"{assumed[0].area_m2:g} m2 each were put in for {len(assumed):,} sites of which nothing is known.",
            )
        )
    not_stated = sum(each.designated is None for each in sites.each)
    if not_stated:
        said.append(
            Text(
                f"この災害への指定の記載がない所が{not_stated:,}か所ある。安全とも危険とも意味しない。",
                f"Of {not_stated:,} sites no designation for this hazard is stated: that means neither safe nor "
                "unsafe.",
            )
        )
    in_zone = sum(each.zone is State.INSIDE for each in sites.used)
    if in_zone:
        said.append(
            Text(
                f"使える所のうち{in_zone:,}か所は区域の中にある（多くは上の階が対象）。",
                f"{in_zone:,} of the sites that can be used lie in the zones; often only their upper floors are meant.",
            )
        )
    abroad = sum(each.abroad for each in sites.used)
    if abroad:
        said.append(
            Text(
                f"使える所のうち{abroad:,}か所は市外にある。そこの市民の分は差し引いていない。",
                f"{abroad:,} of the sites that can be used lie in other municipalities; the room that their own people "
                "need is not taken off.",
            )
        )
    if sites.twice:
        said.append(
            Text(
                f"2つの一覧にある{sites.twice:,}か所は1か所として数えた。",
                f"{sites.twice:,} sites that two lists name are counted once.",
            )
        )
    gaps = [each.title for each in sites.designations or () if not each.designated]
    if gaps:
        said.append(
            Text(
                f"指定緊急避難場所が1か所も指定されていない災害: {'、'.join(each.ja for each in gaps)}。",
                f"No emergency evacuation site is designated for: {', '.join(each.en.lower() for each in gaps)}.",
            )
        )
    return said
