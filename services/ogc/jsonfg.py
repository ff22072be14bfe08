"""JSON-FG (OGC 21-045): what a document in this form declares."""

JSON_FG_CLASSES = (
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
)
