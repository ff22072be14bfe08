"""A font of this machine that has Japanese."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from PIL import ImageFont

# Where fontconfig is not there to ask: macOS, Windows, and the places of Debian's packages.
_KNOWN = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "/System/Library/Fonts/ヒラギノ角ゴシック W3.ttc",
    "C:/Windows/Fonts/YuGothM.ttc",
    "C:/Windows/Fonts/meiryo.ttc",
)
_TIMEOUT_S = 10


@cache
def japanese_font() -> Path | None:
    """The file of a font with Japanese; None where this machine has none."""
    for path in (*_asked(), *map(Path, _KNOWN)):
        if path.is_file():
            return path
    return None


@cache
def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font in which pictures are lettered; one without Japanese where there is none with it."""
    path = japanese_font()
    return ImageFont.load_default(size) if path is None else ImageFont.truetype(str(path), size)


def _asked() -> list[Path]:
    """Sans-serif fonts for Japanese, as fontconfig prefers them."""
    program = shutil.which("fc-list")
    if program is None:
        return []
    done = subprocess.run(
        [program, ":lang=ja", "file", "family"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    found = [line.split(":")[0] for line in done.stdout.splitlines()]
    return sorted((Path(each) for each in found), key=_rank)


def _rank(path: Path) -> tuple[bool, bool, str]:
    name = path.name.lower()
    return "serif" in name or "mincho" in name, "regular" not in name and "gothic" not in name, name
