"""What the map of the surroundings asks for, of the town of squares, at the addresses of the public face."""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo.crs import STORAGE, transform_xy
from layers.catalogue import catalogue
from layers.maplibre import map_layers
from services.http.around import code_of, legends
from services.ogc.processes._place import Place
from services.ogc.styles.sprites import sprite_index, sprite_picture
from services.pictures.drawing import SHAPE, picture
from services.pictures.surroundings import Surroundings, surroundings
from tests.services.ogc.processes.town import CITY, EVERY
from tests.web_map import cards
from tests.web_map.vector_tiles import tile
from web_map.around import around_data

FLOOD = "hazard-flood"


def around_of(lon: float, lat: float, layer_id: str, language: str) -> Surroundings:
    """What is around a place in the town."""
    return surroundings(Place(lon, lat), catalogue()[layer_id], SHAPE, cards.quiet_town().speaking(language))


def routes(failing: set[str], picture_elsewhere: Callable[[Request], Response]) -> list[Route]:
    """Parts named in ``failing`` answer 503: ``around``, ``picture``, ``routes``, or tiles by their layer.

    ``picture_elsewhere`` draws the layers that are none of the town's.
    """

    def around(request: Request) -> Response:
        if "around" in failing:
            return Response(status_code=503)
        language = request.query_params["lang"]
        known = list(cards.mapped().values())
        return JSONResponse(around_data([catalogue()["districts"]], known, cards.urls(), language, legends(language)))

    def picture_of(request: Request) -> Response:
        if "picture" in failing:
            return Response(status_code=503)
        given = request.query_params
        if given["show"] not in EVERY:
            return picture_elsewhere(request)
        found = around_of(float(given["lon"]), float(given["lat"]), given["show"], given["lang"])
        return Response(picture(found, given["lang"]), media_type="image/svg+xml")

    def code(request: Request) -> Response:
        return Response(code_of(str(request.url)), media_type="image/svg+xml")

    def style(request: Request) -> Response:
        layer_id = request.path_params["layer"]
        if layer_id not in EVERY:
            return Response(status_code=404)
        return JSONResponse(_style(layer_id, str(request.base_url).rstrip("/")))

    def vector_tile(request: Request) -> Response:
        path = request.path_params
        layer_id = path["layer"]
        if layer_id in failing:
            return Response(status_code=503)
        features = [
            (row["geometry"], {key: row[key] for key in ("id", "hazard_class", "scenario") if row.get(key)})
            for row in EVERY[layer_id]
        ]
        body = tile(layer_id, features, path["z"], path["x"], path["y"])
        return Response(body, media_type="application/vnd.mapbox-vector-tile", status_code=200 if body else 204)

    def ways(request: Request) -> Response:
        if "routes" in failing:
            return Response(status_code=503)
        lon, lat = map(float, request.query_params["origin"].split(","))
        wanted = request.query_params["hazard"]
        by_type = {each.layer.hazard.type: each.layer for each in cards.mapped().values() if each.layer.hazard}
        found = around_of(lon, lat, by_type[wanted].id, "ja")
        return JSONResponse({"routes": [_route(site) for site in found.sites if site.way]})

    return [
        Route("/around", around),
        Route("/picture", picture_of),
        Route("/code", code),
        Route("/ogc/collections/{layer}/styles/default", style),
        Route("/ogc/collections/{layer}/around/{z:int}/{y:int}/{x:int}", vector_tile),
        Route("/ogc/processes/evacuation-route/execution", ways),
        *(
            Route(f"/ogc/styles/sprite{name}.json", lambda _, scale=scale: JSONResponse(sprite_index(scale)))
            for name, scale in (("", 1), ("@2x", 2))
        ),
        *(
            Route(
                f"/ogc/styles/sprite{name}.png",
                lambda _, scale=scale: Response(sprite_picture(scale), media_type="image/png"),
            )
            for name, scale in (("", 1), ("@2x", 2))
        ),
    ]


def _style(layer_id: str, base: str) -> dict[str, Any]:
    layer = catalogue()[layer_id]
    drawn = map_layers(layer, layer_id, lambda text: text.ja, title_field=None)
    tiles = f"{base}/ogc/collections/{layer_id}/around/{{z}}/{{y}}/{{x}}"
    source = {"type": "vector", "tiles": [tiles], "maxzoom": 16, "attribution": "試験"}
    return {"version": 8, "sources": {layer_id: source}, "layers": json.loads(json.dumps(drawn))}


def _route(site: Any) -> dict[str, Any]:
    def degrees(point: tuple[float, float]) -> list[float]:
        return list(transform_xy(*point, CITY.plane_crs, STORAGE))

    return {
        "site": {"id": site.name, "name": site.name, "position": degrees(site.at)},
        "travel_time_s": 60.0 * site.minutes,
        "geometry": {"type": "LineString", "coordinates": [degrees(each) for each in site.way]},
    }
