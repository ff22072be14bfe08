"""The fastest way between two places (経路) for a vehicle, step by step."""

import json
import sys
from typing import Any

import click

from services.cli._common import load_settings


@click.command()
@click.argument("origin", metavar="FROM")
@click.argument("destination", metavar="TO")
@click.option("--profile", default="pumper", show_default=True, help="Vehicle: pumper, ladder, ambulance, walking ...")
@click.option("--alternatives", type=click.IntRange(0, 2), default=0, help="How many other ways at most.")
@click.option("--lang", "language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The fastest route as JSON, with its alternatives.")
def command(origin: str, destination: str, profile: str, alternatives: int, language: str, as_json: bool) -> None:
    """Find the fastest way from FROM to TO, each LON,LAT or an address in the city.

    Exits with 1 where there is no way, and says why.
    """
    from services.ogc.alone import ask

    inputs = {
        "origin": _place(origin),
        "destination": _place(destination),
        "profile": profile,
        "alternatives": alternatives,
        "language": language,
    }
    answer = ask("route", load_settings(), **inputs)
    if answer["refusal"] is not None:
        click.echo(json.dumps(answer, ensure_ascii=False) if as_json else answer["refusal"]["text"], err=not as_json)
        sys.exit(1)
    first, *others = answer["routes"]
    if as_json:
        document = {**first, "alternatives": others, "answer": {**answer, "routes": []}}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo(f"{_measures(first)} ({answer['vehicle']['title']})")
    for step in first["steps"]:
        click.echo(f"  {step['text']}")
    for other in others:
        click.echo(_measures(other))
    for met in (*first["closures"], *first["limits"], *(first["hazards"] or ())):
        click.echo(met["text"], err=True)
    for note in answer["notes"]:
        click.echo(note, err=True)


def _measures(route: dict[str, Any]) -> str:
    return f"{route['length_m'] / 1000:.2f} km, {route['travel_time_s'] / 60:.1f} min"


def _place(text: str) -> Any:
    parts = text.split(",")
    try:
        return [float(part) for part in parts] if len(parts) == 2 else text
    except ValueError:
        return text
