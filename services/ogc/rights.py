"""What has to be said of the data served: licence, attribution, date, and whether it is fictitious."""

from layers.licences import known_licences
from layers.model import Layer, Licence, Text
from services.database.revisions import DatasetState
from services.ogc.source import Source

FICTITIOUS = Text("架空データ", "fictitious data")
_UNKNOWN = Text("不明", "unknown")


def rights_of(source: Source) -> list[Licence]:
    """The licences of the rows served, each once: of the dataset, else of its format, else of the layer."""
    found = {each.id: each for each in (licence_of(source.layer, dataset) for dataset in source.state.datasets)}
    return list(found.values()) or [source.layer.licence]


def licence_of(layer: Layer, dataset: DatasetState) -> Licence:
    """The licence of one dataset: its own, else that of its format, else that of the layer."""
    if dataset.licence:
        name = dataset.licence
        return known_licences().get(name) or Licence(name, Text(name, name), dataset.url or "")
    of_format = next((each.licence for each in layer.formats if each.id == dataset.format_id), None)
    return of_format or layer.licence


def credit_of(layer: Layer, dataset: DatasetState, language: str) -> str:
    """Who is to be named for one dataset: as it says itself, else its format, else the layer."""
    if dataset.attribution:
        return dataset.attribution
    of_format = next((each.attribution for each in layer.formats if each.id == dataset.format_id), None)
    return (of_format or layer.attribution).in_language(language)


def attribution(source: Source, language: str) -> str:
    """Who is to be named: the sources of the rows served, else the layer's own; fictitious data says so."""
    layer = source.layer
    names = dict.fromkeys(credit_of(layer, dataset, language) for dataset in source.state.datasets)
    text = ("、" if language == "ja" else ", ").join(names) or layer.attribution.in_language(language)
    if not source.state.fictitious:
        return text
    return f"{text}（{FICTITIOUS.ja}）" if language == "ja" else f"{text} ({FICTITIOUS.en})"


def as_of(source: Source, language: str) -> str:
    """The date or span of dates the data describes; what is not known is said to be unknown."""
    oldest, newest = source.state.oldest, source.state.newest
    if oldest is None or newest is None:
        return _UNKNOWN.in_language(language)
    text = oldest.isoformat() if oldest == newest else f"{oldest.isoformat()}/{newest.isoformat()}"
    if source.state.dates_complete:
        return text
    return f"{text}（一部不明）" if language == "ja" else f"{text} (partly unknown)"


def display_title(source: Source) -> Text:
    """The layer's title; fictitious data says so wherever its title is shown."""
    title = source.layer.title
    if not source.state.fictitious:
        return title
    return Text(f"{title.ja}（{FICTITIOUS.ja}）", f"{title.en} ({FICTITIOUS.en})")
