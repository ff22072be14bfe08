"""Who in the city answers for a layer.  Where no division's name is certain, the duty is named instead."""

from layers.model import Text

DISASTER = Text("西宮市 災害対策課", "Disaster Countermeasures Division, City of Nishinomiya")
FIRE = Text("西宮市 消防局", "Nishinomiya City Fire Department")
HEALTH = Text("西宮市（保健医療担当）", "City of Nishinomiya (public health)")
ROADS = Text("西宮市（道路・河川担当）", "City of Nishinomiya (roads and rivers)")
STATISTICS = Text("西宮市（統計担当）", "City of Nishinomiya (statistics)")
MAPPING = Text("西宮市（地図・GIS担当）", "City of Nishinomiya (mapping and GIS)")
FACILITIES = Text("西宮市（公共施設担当）", "City of Nishinomiya (public facilities)")
