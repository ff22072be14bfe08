"""The encoding of a dBase table (the attributes of a shapefile), proven on its bytes.

The language byte and the ``.cpg`` file are often absent or wrong, and Shift_JIS read as Latin-1 raises no error.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from geo.errors import SourceError
from services.ingest.model import Action, Finding

_ALIASES = {
    "SHIFT_JIS": "cp932",
    "SHIFT-JIS": "cp932",
    "SJIS": "cp932",
    "932": "cp932",
    "CP932": "cp932",
    "MS932": "cp932",
    "ANSI 932": "cp932",
    "WINDOWS-31J": "cp932",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "65001": "utf-8",
    "EUC-JP": "euc_jp",
}
_BATCH = 4096


def dbf_encoding(dbf: Path, cpg: Path | None) -> tuple[str, tuple[Finding, ...]]:
    """Python name of the encoding in which every text of ``dbf`` decodes, and what should be known about it.

    Tried in this order: what ``cpg`` says, UTF-8, cp932.  A character cut in two at the end of a field (fields hold at
    most 254 bytes, names 10) does not count against an encoding; it is noted.

    Raises
    ------
    SourceError
        If the table is damaged or no encoding fits, naming the record.
    """
    declared = _declared(cpg)
    candidates = list(dict.fromkeys([*([declared] if declared else []), "utf-8", "cp932"]))
    failures = []
    for codec in candidates:
        failure, cut, ascii_only = _try(dbf, codec)
        if failure is not None:
            failures.append((failure, codec))
            continue
        findings = []
        if declared != codec and not ascii_only:
            detail = f"the .cpg file says {declared}" if declared else "there is no .cpg file"
            findings.append(Finding("encoding-guessed", Action.NOTED, new=codec, detail=detail))
        if cut:
            findings.append(Finding("text-truncated", Action.NOTED, cut, detail="the first of the records concerned"))
        return codec, tuple(findings)
    record, codec = max(failures)
    raise SourceError(
        f"{dbf.name}: record {record} is neither UTF-8 nor cp932 (it fits {codec} best).",
        fix="Write the shapefile again with a .cpg file that names its encoding.",
    )


def _declared(cpg: Path | None) -> str | None:
    if cpg is None:
        return None
    name = cpg.read_bytes()[:64].decode("ascii", errors="ignore").strip().upper()
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _try(dbf: Path, codec: str) -> tuple[int | None, int, bool]:
    """(record that does not decode or None, first record with a cut character or 0, whether all is ASCII)."""
    cut, ascii_only = 0, True
    for number, text in _texts(dbf):
        if text.isascii():
            continue
        ascii_only = False
        try:
            text.decode(codec)
        except UnicodeDecodeError as error:
            if error.end < len(text) or len(text) - error.start > 3 or not _is_cut(text[: error.start], codec):
                return number, cut, ascii_only
            cut = cut or max(number, 1)
    return None, cut, ascii_only


def _is_cut(before: bytes, codec: str) -> bool:
    """Whether what stands before the undecodable end decodes, so that only the end is wrong."""
    try:
        before.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _texts(dbf: Path) -> Iterator[tuple[int, bytes]]:
    """(record number from 1, or 0 for the header; bytes of a text without its padding)."""
    with dbf.open("rb") as file:
        head = file.read(32)
        header_size = int.from_bytes(head[8:10], "little") if len(head) == 32 else 0
        record_size = int.from_bytes(head[10:12], "little") if len(head) == 32 else 0
        count = int.from_bytes(head[4:8], "little") if len(head) == 32 else 0
        descriptors = file.read(max(header_size - 32, 0))
        if header_size < 33 or record_size < 1 or len(descriptors) < header_size - 33:
            raise SourceError(f"{dbf.name}: the dBase table is truncated.", fix="Get all files of the shapefile again.")
        texts = []
        offset = 1  # the first byte of a record marks deleted ones
        for start in range(0, len(descriptors) - 31, 32):
            descriptor = descriptors[start : start + 32]
            if descriptor[0] == 0x0D:
                break
            yield 0, descriptor[:11].split(b"\0")[0].rstrip()
            if descriptor[11:12] == b"C":
                texts.append(slice(offset, offset + descriptor[16]))
            offset += descriptor[16]
        number = 0
        while number < count:
            block = file.read(record_size * _BATCH)
            if len(block) < record_size * min(_BATCH, count - number) - 1:
                raise SourceError(
                    f"{dbf.name}: the dBase table ends after {number + len(block) // record_size} of {count} records.",
                    fix="Get all files of the shapefile again.",
                )
            for start in range(0, len(block) - record_size + 1, record_size):
                number += 1
                record = block[start : start + record_size]
                for field in texts:
                    yield number, record[field].rstrip(b" \0")
            if len(block) < record_size * _BATCH:
                return
