"""A checker of cloud-optimised GeoTIFFs that reads the bytes itself (OGC 21-026, and the layout GDAL documents)."""

import struct
from dataclasses import dataclass

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}


@dataclass(frozen=True)
class Directory:
    """One image: its place in the file, size, tiles, and where their bytes begin."""

    offset: int
    width: int
    height: int
    tile: tuple[int, int]
    subfile: int
    tile_offsets: list[int]
    tile_sizes: list[int]
    end: int


def directories(content: bytes) -> list[Directory]:
    """The image file directories in their order."""
    assert content[:4] == b"II*\0", "a little-endian TIFF"
    (offset,) = struct.unpack_from("<I", content, 4)
    found = []
    while offset:
        (count,) = struct.unpack_from("<H", content, offset)
        tags: dict[int, list[int]] = {}
        end = offset + 2 + count * 12 + 4
        for entry in range(count):
            tag, kind, values, inline = struct.unpack_from("<HHII", content, offset + 2 + entry * 12)
            size = _SIZES[kind] * values
            place = offset + 2 + entry * 12 + 8 if size <= 4 else inline
            if size > 4 and tag not in (324, 325):
                end = max(end, place + size)
            if kind in _FORMATS:
                tags[tag] = list(struct.unpack_from(f"<{values}{_FORMATS[kind]}", content, place))
        (following,) = struct.unpack_from("<I", content, offset + 2 + count * 12)
        found.append(
            Directory(
                offset,
                tags[256][0],
                tags[257][0],
                (tags.get(322, [0])[0], tags.get(323, [0])[0]),
                tags.get(254, [0])[0],
                tags.get(324, []),
                tags.get(325, []),
                end,
            )
        )
        offset = following
    return found


def faults(content: bytes) -> list[str]:
    """What is wrong with a file as a COG; nothing where it is one."""
    found = []
    images = directories(content)
    main, overviews = images[0], images[1:]
    if b"LAYOUT=IFDS_BEFORE_DATA" not in content[8:300]:
        found.append("no ghost area that states the layout")
    if not all(image.tile[0] and image.tile[1] for image in images):
        found.append("an image without tiles")
    offsets = [image.offset for image in images]
    if offsets != sorted(offsets):
        found.append("directories out of order")
    first_data = min(offset for image in images for offset in image.tile_offsets if offset)
    if max(image.end for image in images) > first_data:
        found.append("a directory behind data")
    data_starts = [min(offset for offset in image.tile_offsets if offset) for image in images]
    if data_starts != sorted(data_starts, reverse=True):
        found.append("data of an overview behind that of a larger image")
    if any(not image.subfile & 1 for image in overviews):
        found.append("a second image that is no overview")
    sizes = [(image.width, image.height) for image in images]
    if any(small >= large for (small, _), (large, _) in zip(sizes[1:], sizes, strict=False)):
        found.append("overviews not smaller each than the one before")
    if max(main.width, main.height) > 512 and not overviews:
        found.append("no overviews of a large image")
    if overviews and max(sizes[-1]) > 512:
        found.append("the smallest overview is still large")
    for image in images:
        for offset, size in zip(image.tile_offsets, image.tile_sizes, strict=True):
            if size and struct.unpack_from("<I", content, offset - 4)[0] != size:
                found.append("a tile without its size before it")
                break
    return found
