"""The catalogue: an entry for each layer that a face serves, and the collection that holds them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self

from layers.model import Text
from services.ogc.crs import CRS84
from services.ogc.source import Source
from services.settings import City

CATALOGUE = "catalogue"
"""Id of the collection; no layer may have it."""

TITLE = Text("レイヤーの目録", "Catalogue of layers")


@dataclass(frozen=True, eq=False)
class Entry:
    """One layer: what is said of it comes from its declaration and from the state of its datasets.

    ``providers`` are the types of its providers, which decide what pages it has.
    """

    source: Source
    providers: frozenset[str]
    city: City

    def __deepcopy__(self, _memo: object) -> Self:
        return self  # pygeoapi copies its configuration

    @property
    def id(self) -> str:
        return self.source.layer.id

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees: of the rows, else of the city."""
        return self.source.bounds or self.city.bbox

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """First and last moment that the layer tells of; None where nobody said.

        That of its rows, of its observations, or the days its datasets describe.
        """
        of_rows = self.source.times or (self.source.observations.times if self.source.observations else None)
        if of_rows is not None:
            return of_rows
        oldest, newest = self.source.state.oldest, self.source.state.newest
        if oldest is None or newest is None:
            return None
        first, last = (datetime.combine(day, time(), UTC) for day in (oldest, newest))
        return first, last + timedelta(days=1) - timedelta(microseconds=1)

    @property
    def created(self) -> datetime | None:
        """When its oldest dataset was loaded."""
        return min((each.loaded_at for each in self.source.state.datasets), default=None)

    @property
    def updated(self) -> datetime | None:
        """When it was published, on the internal face when its newest dataset was loaded."""
        newest = max((each.loaded_at for each in self.source.state.datasets), default=None)
        return self.source.state.published_at or newest

    def texts(self) -> Iterator[str]:
        """What a search for words looks at, in both languages."""
        layer = self.source.layer
        yield from (layer.id, layer.title.ja, layer.title.en, layer.description.ja, layer.description.en)
        yield from layer.keywords
        for field in layer.public_fields:
            yield from (field.title.ja, field.title.en)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All entries, in the order in which people read the layers."""

    entries: tuple[Entry, ...]
    city: City

    def __deepcopy__(self, _memo: object) -> Self:
        return self  # pygeoapi copies its configuration

    @property
    def updated(self) -> datetime | None:
        return max((each.updated for each in self.entries if each.updated), default=None)

    def description(self) -> Text:
        city = self.city
        return Text(
            f"{city.name_ja}のすべてのレイヤーの目録。ライセンス、データ時点、品質、問い合わせ先、取得方法。",
            f"All layers of {city.name_en}: licence, date, quality, contact, and how to get them.",
        )


def catalogue_of(resources: Iterable[dict[str, Any]], city: City) -> Catalogue:
    """The catalogue of layers that have these resources in pygeoapi's configuration."""
    return Catalogue(
        tuple(
            Entry(each["source"], frozenset(provider["type"] for provider in each["providers"]), city)
            for each in resources
        ),
        city,
    )


def resource(catalogue: Catalogue) -> dict[str, Any]:
    """The collection in pygeoapi's configuration."""
    description = catalogue.description()
    return {
        "type": "collection",
        "title": {"ja": TITLE.ja, "en": TITLE.en},
        "description": {"ja": description.ja, "en": description.en},
        "keywords": {"ja": ["目録", "カタログ"], "en": ["catalogue", "metadata"]},
        "links": [],
        "extents": {"spatial": {"bbox": list(catalogue.city.bbox), "crs": CRS84}},
        "providers": [{"type": "record", "name": "services.ogc.records.provider.RecordProvider", "data": catalogue}],
    }
