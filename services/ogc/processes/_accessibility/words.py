"""The answer in one sentence, and what has to be told beside it."""

from geo.network.profiles import PROFILES
from layers.text import Text
from services.ogc.processes._accessibility.analysis import Access
from services.ogc.processes._accessibility.supply import Supplies, moment_text
from services.ogc.processes._accessibility.weights import Weights
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.words import amount, per_cent, time_text


def number(value: float | None) -> str:
    """An index for a thousand people."""
    return "-" if value is None else f"{value * 1000:.2f}"


def headline(found: Access, supplies: Supplies, weights: Weights, points: DemandPoints, profile: str | None) -> Text:
    """One sentence for somebody who reads no more than that."""
    first, reach = found.first, time_text(weights.reach_s)
    title, what = supplies.facilities.title, supplies.what
    by = Text("直線", "straight line")
    if profile is not None:
        by = Text(PROFILES[profile].title_ja, PROFILES[profile].title_en.lower())
    at_ja, at_en = "", "The supply"
    if first.moment is not None:
        at = moment_text(first.moment)
        at_ja, at_en = f"{at.ja}に", f"At {at.en} the supply"
    ja = (
        f"{at_ja}{by.ja}で{reach.ja}以内の{title.ja}は、{points.what.ja}1,000あたり平均{number(first.mean)}"
        f"（{what.ja}）"
    )
    en = (
        f"{at_en} within {reach.en} ({by.en}; {title.en}: {what.en}) is {number(first.mean)} for 1,000 "
        f"({points.what.en}) on average"
    )
    if first.gini is not None:
        ja += f"、ジニ係数は{first.gini:.2f}、平均の半分に満たないのは{per_cent(first.below_half)}"
        en += f", with a Gini coefficient of {first.gini:.2f}; {per_cent(first.below_half)} have less than half of it"
    people = first.people
    ja += f"。届かないのは{amount(people['unreached'])}"
    en += f"; {amount(people['unreached'])} reach none"
    if people["perhaps"]:
        ja += f"、開いているか、いくつあるかの分からない施設にしか届かないのは{amount(people['perhaps'])}"
        en += f", and {amount(people['perhaps'])} only such of which hours or supply are not known"
    return Text(f"{ja}。", f"{en}.")


def assumptions(weights: Weights) -> list[Text]:
    """What the figures are of."""
    return [
        Text(
            f"{weights.title.ja}。施設の供給を、時間の上限内の人が重みに応じて分け合うものとし、各地点の値は届く施設の分の合計。"
            "市外の施設と、市外から来る人は、与えられた範囲に含まれる限りで数える。",
            f"{weights.title.en}: those within the reach share what a facility offers by their weights, and the "
            "figure of a place is the sum of its shares. Facilities and people outside of what was given are not in "
            "it.",
        ),
        Text(
            "供給か開いている時間の分からない施設は、どの値にも含まない（その分だけ値は低い）。診療時間の読めない備考がある施設は、"
            "開いているか分からないものとする。",
            "Facilities of which the supply or the opening hours are not known are in no figure, which is so much too "
            "low. Where remarks on opening hours cannot be read, it is not known whether they are open.",
        ),
    ]


def notes(found: Access, supplies: Supplies) -> list[Text]:
    """What must not be overlooked, counted."""
    said = supplies.facilities.notes_of_positions()
    if near := supplies.facilities.near_others:
        said.append(
            Text(
                f"別の施設から100m以内にある施設が{near:,}か所ある。同じ施設が2つの資料から載っているなら、供給は実際より多く見える。",
                f"{near:,} facilities lie within 100 m of another. Where these are one, out of two sources, there "
                "seems to be more than there is.",
            )
        )
    size = len(supplies.amounts)
    unknown = int((supplies.amounts != supplies.amounts).sum())  # NaN
    if unknown:
        said.append(
            Text(
                f"{size:,}か所のうち{unknown:,}か所は供給（{supplies.what.ja}）が分からない。",
                f"Of {size:,} facilities the supply ({supplies.what.en}) of {unknown:,} is not known.",
            )
        )
    for each in found.moments:
        doubtful = each.is_open.count(None)
        if each.moment is not None and doubtful:
            at = moment_text(each.moment)
            said.append(
                Text(
                    f"{at.ja}に開いているか分からない施設が{doubtful:,}か所ある。開いているとはみなさない。",
                    f"Of {doubtful:,} facilities it is not known whether they are open at {at.en}; they are not taken "
                    "as open.",
                )
            )
    if found.first.moment is None:
        said.append(Text("開いている時間を考えていない。", "Opening hours are not considered."))
    idle = int(found.first.found.idle.sum())
    if idle:
        said.append(
            Text(
                f"時間の上限内に人のいない施設が{idle:,}か所あり、その供給はどの値にも含まれない。",
                f"{idle:,} facilities have nobody within the reach: what they offer is in no figure.",
            )
        )
    return said
