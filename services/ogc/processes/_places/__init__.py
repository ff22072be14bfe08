"""Finding places of the city by what people write: an address, a reading in kana, a postal code, a name."""
