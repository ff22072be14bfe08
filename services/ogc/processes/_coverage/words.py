"""The answer in one sentence."""

from geo.coverage.percentiles import USUAL
from layers.text import Text
from services.ogc.processes._coverage.analysis import Coverage
from services.ogc.processes._planning.cutting import Cut
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.facilities import Facilities
from services.ogc.processes._planning.words import amount, per_cent, time_text


def headline(found: Coverage, facilities: Facilities, points: DemandPoints, cut: Cut | None) -> Text:
    """One sentence for somebody who reads no more than that."""
    first, limit = found.covers[0], time_text(found.limit_s)
    counted = amount(first.covered + first.uncovered)
    people, share = amount(first.covered), per_cent(first.share)
    what, title = points.what, facilities.title
    ja = f"{title.ja}{len(facilities)}か所から{limit.ja}以内に届くのは、{what.ja}{counted}のうち{people}（{share}）"
    en = (
        f"Of {counted} ({what.en}) {people} ({share}) are reached within {limit.en} from {len(facilities)} ({title.en})"
    )
    if len(facilities) > 1:
        second, both = time_text(found.second_limit_s), found.both
        ja += f"、2隊目も{second.ja}以内に届くのは{amount(both.covered)}（{per_cent(both.share)}）"
        en += f", {amount(both.covered)} ({per_cent(both.share)}) by a second unit within {second.en} too"
    ninety = found.percentiles[USUAL.index(90)]
    if ninety is not None and ninety != float("inf"):
        time = time_text(ninety)
        ja, en = ja + f"。90%に届くのに{time.ja}かかる", en + f"; 90% within {time.en}"
    elif ninety is not None:
        ja, en = ja + "。90%には届かない", en + "; 90% are never reached"
    if cut is not None and found.cutting is not None:
        lost = amount(found.cutting.change.lost)
        ja += f"。{cut.name.ja}で道路が断たれると{lost}が届かなくなる"
        en += f"; where {cut.name.en} cuts roads, {lost} are no longer reached in time"
    return Text(f"{ja}。", f"{en}.")
