"""Writes small photographs-like images: images.py FOLDER COUNT. Needs nothing but Python."""

import math
import pathlib
import random
import struct
import sys
import zlib


def png(width, height, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[y * width * 3 : (y + 1) * width * 3] for y in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def image(random_source, width, height):
    """Soft waves of colour with a disc, so that patches differ and repeat."""
    waves = [[random_source.uniform(-0.15, 0.15) for _ in range(2)] + [random_source.uniform(0, 6.3)] for _ in range(3)]
    x0, y0, radius = random_source.uniform(0, width), random_source.uniform(0, height), random_source.uniform(8, 24)
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            inside = (x - x0) ** 2 + (y - y0) ** 2 < radius**2
            for u, v, phase in waves:
                value = 0.5 + 0.45 * math.sin(u * x + v * y + phase)
                pixels.append(int(255 * (1 - value if inside else value)))
    return png(width, height, bytes(pixels))


folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
source = random.Random(7)
for i in range(count):
    (folder / f"photo-{i:03}.png").write_bytes(image(source, 96, 64))
(folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
