"""Settings are documented."""

import re

from services.settings import ROOT, Settings


def test_the_readme_names_every_setting_and_no_other() -> None:
    named: set[str] = set()
    for row in re.findall(r"^\| `NGIS_.*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        names = re.findall(r"`(\w+)`", row.split("|")[1])
        (each,) = re.findall(r"\(each `(\w+)…`\)", row) or [""]
        named |= {name if name.startswith("NGIS_") else each + name for name in names}
    assert named == {f"NGIS_{name.upper()}" for name in Settings.model_fields}
