"""OGC API Environmental Data Retrieval: what stations observed, asked for by place and time."""
