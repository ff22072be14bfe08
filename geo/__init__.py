"""Pure computation on places: arrays and geometries in, frozen results out. No IO, no clock, no globals."""
