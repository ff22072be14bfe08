"""Who in the city may change the features of a layer by hand, and what the roles are called."""

from collections.abc import Mapping

from layers.model import Role, Text

ROLE_TITLES: Mapping[Role, Text] = {
    Role.EDITOR: Text("資料編集", "Data editing"),
    Role.DISASTER: Text("災害対策", "Disaster countermeasures"),
    Role.FIRE: Text("消防", "Fire service"),
    Role.ADMINISTRATOR: Text("管理者", "Administration"),
}

_EVERYWHERE = frozenset({Role.EDITOR, Role.ADMINISTRATOR})
DISASTER = _EVERYWHERE | {Role.DISASTER}
FIRE = _EVERYWHERE | {Role.FIRE}
FACILITIES = _EVERYWHERE
