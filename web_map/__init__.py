"""Pages, ES modules and map exports.  Knows no layer by heart and no language."""
