"""A layer of the database as a frame, without a server."""

import geopandas as gpd
import pandas as pd

from geo.crs import STORAGE
from geo.errors import NotFoundError
from layers.catalogue import catalogue
from services.ogc.alone import opened
from services.ogc.processes._model import Context
from services.ogc.processes._sources import source_document
from services.settings import Settings
from web_map.portable.of_layer import LICENCE


def layer(layer_id: str, *, settings: Settings | None = None, context: Context | None = None) -> gpd.GeoDataFrame:
    """All rows of a layer as the internal face has them, by id, in EPSG:6668, with source, date, 架空データ, and the
    ids of their licences in ``attrs``.

    Raises
    ------
    NotFoundError
        If there is no such layer, or nothing of it is loaded.
    StoreError
        If the database does not run.
    """
    if context is None:
        with opened(settings) as found:
            return layer(layer_id, context=found)
    if layer_id not in catalogue():
        raise NotFoundError(f"There is no layer {layer_id!r}.", fix=f"Choose one of {', '.join(sorted(catalogue()))}.")
    rows = context.layers.features(layer_id)
    if not rows:
        raise NotFoundError(f"Nothing of {layer_id} is loaded.", fix="Load its files: ngis ingest FILE.")
    frame = pd.DataFrame(
        [dict(each.properties) for each in rows], index=pd.Index([each.id for each in rows], name="id")
    )
    found = gpd.GeoDataFrame(frame, geometry=[each.geometry for each in rows], crs=STORAGE)
    told = source_document(catalogue()[layer_id], context)
    if told is not None:
        found.attrs[LICENCE] = told["licence"]
    return found
