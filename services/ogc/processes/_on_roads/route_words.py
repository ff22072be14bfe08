"""The steps of a route in words, Japanese and English."""

from geo.network.classes import HIGHWAYS
from geo.travel.steps import Maneuver, Step
from layers import roads
from layers.text import Text

_WAYS = {code.value: code.title for code in roads.CLASSES.codes}
_COMPASS = (
    Text("北", "north"),
    Text("北東", "north-east"),
    Text("東", "east"),
    Text("南東", "south-east"),
    Text("南", "south"),
    Text("南西", "south-west"),
    Text("西", "west"),
    Text("北西", "north-west"),
)
_TURNS = {
    Maneuver.CONTINUE: Text("そのまま進み、", "Continue"),
    Maneuver.SLIGHT_LEFT: Text("斜め左へ進み、", "Bear left"),
    Maneuver.LEFT: Text("左折し、", "Turn left"),
    Maneuver.SHARP_LEFT: Text("鋭角に左折し、", "Turn sharp left"),
    Maneuver.SLIGHT_RIGHT: Text("斜め右へ進み、", "Bear right"),
    Maneuver.RIGHT: Text("右折し、", "Turn right"),
    Maneuver.SHARP_RIGHT: Text("鋭角に右折し、", "Turn sharp right"),
    Maneuver.U_TURN: Text("転回し、", "Turn back"),
}


def road_name(step: Step, language: str) -> str:
    """What the road of a step is called: its name, else its number, else its class in words."""
    title = _WAYS[HIGHWAYS[step.highway]]
    if language == "ja":
        return step.name or (f"{step.ref}号" if step.ref else None) or title.ja
    return (
        step.name_english
        or step.name
        or (f"route {step.ref}" if step.ref else None)
        or f"an unnamed {title.en.lower()}"
    )


def instruction(step: Step, language: str, *, left: bool | None = None) -> str:
    """One step as a sentence; ``left`` is the side on which the destination lies, of the arrival."""
    return _japanese(step, left) if language == "ja" else _english(step, left)


def distance(metres: float, language: str) -> str:
    """Metres in words: to ten of them below a kilometre, else to a hundred."""
    if metres < 1000:
        rounded = max(10, round(metres, -1))
        return f"{rounded:.0f}メートル" if language == "ja" else f"{rounded:.0f} metres"
    return f"{metres / 1000:.1f}キロ" if language == "ja" else f"{metres / 1000:.1f} kilometres"


def _japanese(step: Step, left: bool | None) -> str:
    if step.maneuver is Maneuver.ARRIVE:
        return "到着。" if left is None else f"到着。目的地は{'左' if left else '右'}側。"
    road, far = road_name(step, "ja"), distance(step.length_m, "ja")
    if step.maneuver is Maneuver.DEPART:
        return f"{road}を{_towards(step).ja}へ向かい、{far}進む。"
    if step.maneuver is Maneuver.ROUNDABOUT:
        return f"環状交差点に入り、{step.exit}番目の出口を出る。"
    return f"{_TURNS[step.maneuver].ja}{road}を{far}進む。"


def _english(step: Step, left: bool | None) -> str:
    if step.maneuver is Maneuver.ARRIVE:
        side = "" if left is None else f", on the {'left' if left else 'right'}"
        return f"You have arrived at your destination{side}."
    road, far = road_name(step, "en"), distance(step.length_m, "en")
    if step.maneuver is Maneuver.DEPART:
        return f"Head {_towards(step).en} on {road} for {far}."
    if step.maneuver is Maneuver.ROUNDABOUT:
        return f"Enter the roundabout and take exit {step.exit}."
    onto = "on" if step.maneuver is Maneuver.CONTINUE else "onto"
    return f"{_TURNS[step.maneuver].en} {onto} {road} for {far}."


def _towards(step: Step) -> Text:
    bearing = step.bearing_deg or 0.0
    return _COMPASS[round(bearing / 45) % 8]
