"""What the counts of a layer say of its quality: measurements after ISO 19157-1 and DQV."""

from collections.abc import Iterator
from dataclasses import dataclass

from layers.model import Text
from services.database.quality import LayerQuality
from services.ogc.records import vocabulary
from services.ogc.records.vocabulary import Metric
from services.ogc.source import PROVENANCE, Source


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of one metric.

    about:
        The field, or the class of positions, it is of; None for the layer as a whole.
    name:
        What ``about`` is called.
    count, of:
        The rows behind a share; None for a value that is none.
    """

    metric: Metric
    value: float
    about: str | None = None
    name: Text | None = None
    count: int | None = None
    of: int | None = None


def measured(source: Source, quality: LayerQuality) -> Iterator[Measurement]:
    """The measurements of a layer, the whole of it first.  A share of no rows is no measurement."""
    accepted = sum(each.rows_loaded for each in quality.loads)
    examined = accepted + sum(each.rows_rejected for each in quality.loads)
    mended = sum(each.rows_mended for each in quality.loads)
    yield from _share(vocabulary.ACCEPTED, accepted, examined)
    yield from _share(vocabulary.MENDED, mended, accepted)
    if quality.placed is not None:
        yield from _share(vocabulary.PLACED, quality.placed, quality.rows)
        if quality.median_error_m is not None:
            yield Measurement(vocabulary.POSITION_ERROR, round(quality.median_error_m, 3), count=quality.errors_known)
        for name, rows in sorted(quality.position_qualities.items()):
            title = vocabulary.position_quality_title(name)
            yield from _share(vocabulary.POSITION_QUALITY, rows, quality.rows, name, title)
    provenance = {column.name for column in PROVENANCE}
    for name, column in source.columns.items():
        if name not in provenance and name in quality.fields:
            yield from _share(vocabulary.FIELD_COMPLETENESS, quality.fields[name], quality.rows, name, column.title)


def _share(
    metric: Metric, count: int, of: int, about: str | None = None, name: Text | None = None
) -> Iterator[Measurement]:
    if of:
        yield Measurement(metric, round(count / of, 6), about, name, count, of)
