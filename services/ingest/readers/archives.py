"""Zip archives unpacked without trust: names stay inside the folder, sizes inside the limits."""

import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from geo.errors import SourceError
from services.ingest.readers.opened import Limits

_CHUNK = 1 << 20
_ASK_RATIO_ABOVE = 1 << 20
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_FIX_HOSTILE = "Get the archive from its official source, or unpack it yourself and give the files."
# What systems add on their own.
_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass
class Budget:
    """What is left of the limits for one file given, nested archives included."""

    limits: Limits
    unpacked_bytes: int = field(default=0)
    members: int = field(default=0)


def check_members(name: str, archive: zipfile.ZipFile, limits: Limits) -> None:
    """``SourceError`` if what the archive states of its members is beyond ``limits`` or encrypted."""
    members = archive.infolist()
    if len(members) > limits.max_members:
        raise SourceError(f"{name}: more than {limits.max_members:,} files in one archive.", fix=_FIX_HOSTILE)
    if sum(member.file_size for member in members) > limits.max_unpacked_bytes:
        raise _too_large(name, limits)
    for member in members:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise SourceError(
                f"{name}: {member_name(member)} is protected by a password.", fix="Unpack it and give the files."
            )
        if member.file_size > _ASK_RATIO_ABOVE and member.file_size > limits.max_ratio * max(member.compress_size, 1):
            raise SourceError(
                f"{name}: {member_name(member)} would unpack to {member.file_size:,} bytes from "
                f"{member.compress_size:,}, which no real data does (a zip bomb).",
                fix=_FIX_HOSTILE,
            )


def unpack(path: Path, target: Path, budget: Budget) -> list[tuple[str, Path]]:
    """Write the members of ``path`` below the existing empty folder ``target``; (member name, file) in archive order.

    Member names are UTF-8 where flagged or valid, else cp932, as Windows in Japan writes them.

    Raises
    ------
    SourceError
        Naming the member: outside the folder, absolute, a link, encrypted, repeated, or beyond the limits; or if the
        archive is damaged or the disk full.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(path.name, archive, budget.limits)
            return [
                (name, _write(path.name, archive, member, name, target, budget))
                for member in archive.infolist()
                if not (name := member_name(member)).endswith("/") and not _is_ignored(name)
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(
            f"{path.name}: the zip archive is damaged or of an unknown kind ({error}).", fix="Get the file again."
        ) from error


def member_name(member: zipfile.ZipInfo) -> str:
    """The name of a member, in the encoding it was most likely written in."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "cp932"):
        try:
            # zipfile cut the name at a NUL and turned the separators of Windows already.
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return member.filename


def _is_ignored(name: str) -> bool:
    return name.startswith(_IGNORED[0]) or PurePosixPath(name).name in _IGNORED


def _write(
    archive_name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, target: Path, budget: Budget
) -> Path:
    parts = PurePosixPath(name).parts
    if name.startswith(("/", "\\")) or ":" in name or ".." in parts or "\x00" in name:
        raise SourceError(f"{archive_name}: {name} would be written outside its folder.", fix=_FIX_HOSTILE)
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise SourceError(f"{archive_name}: {name} is a link or a special file.", fix=_FIX_HOSTILE)
    file = target.joinpath(*parts)
    if file.exists():
        raise SourceError(f"{archive_name}: {name} is in the archive twice.", fix=_FIX_HOSTILE)
    budget.members += 1
    if budget.members > budget.limits.max_members:
        raise SourceError(f"{archive_name}: more than {budget.limits.max_members:,} files.", fix=_FIX_HOSTILE)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, file.open("xb") as sink:
            while chunk := source.read(_CHUNK):
                budget.unpacked_bytes += len(chunk)
                if budget.unpacked_bytes > budget.limits.max_unpacked_bytes:
                    raise _too_large(f"{archive_name}: {name}", budget.limits)
                sink.write(chunk)
    except OSError as error:
        raise SourceError(
            f"{archive_name}: {name} cannot be unpacked ({error.strerror or error}).",
            fix="Free space on the disk of the temporary folder, or unpack it yourself and give the files.",
        ) from error
    return file


def _too_large(name: str, limits: Limits) -> SourceError:
    return SourceError(
        f"{name}: the archive would unpack to more than {limits.max_unpacked_bytes:,} bytes.",
        fix="Unpack it yourself and give the files you need, or raise the limit in the settings.",
    )
