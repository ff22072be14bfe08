"""Content negotiation: in which form and language a page is answered."""

from layers.model import Text
from services.ogc.errors import ParameterError
from services.ogc.pages.model import Format, Offer

LANGUAGES = ("ja", "en")


def language(asked: str, accept_language: str) -> str:
    """``ja`` or ``en``: by ``lang``, else by ``Accept-Language``, else Japanese."""
    for tag in [asked, *preferred(accept_language)]:
        found = tag.strip().lower().split("-")[0]
        if found in LANGUAGES:
            return found
    return LANGUAGES[0]


def form(asked: str | None, accept: str, offer: Offer) -> Format:
    """The format that ``f`` names, else the best that ``Accept`` names, else the first.

    An ``Accept`` that names nothing we have is answered in the default format, as the standard allows.

    Raises
    ------
    ParameterError
        If ``f`` names no format of the page.
    """
    if asked is not None:
        for each in offer.formats:
            if each.name == asked:
                return each
        names = ", ".join(each.name for each in offer.formats)
        raise ParameterError(
            "f", Text(f"この形式では提供していません。使える形式: {names}", f"not offered; the formats are {names}.")
        )
    for media_type in preferred(accept):
        found = offer.by_media_type.get(media_type.partition(";")[0].strip().lower())
        if found is not None:
            return found
    return offer.formats[0]


def preferred(header: str) -> list[str]:
    """The choices of an ``Accept…`` header, the preferred ones first; those with weight 0 left out."""
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        choice, _, rest = part.strip().partition(";q=")
        try:
            weight = float(rest.partition(";")[0] or 1)
        except ValueError:
            continue
        if weight > 0 and choice:
            weighted.append((-weight, place, choice))
    return [choice for _, _, choice in sorted(weighted)]
