"""Makes the golden images and digests in this folder. Oracle: Pillow 13.0.0, numpy 2 (Python 3.11).

    python recipe.py                 small files and their digests (files.tsv, resize.tsv)
    python recipe.py corpus SHARED   digests of the images of a corpus outside the repository (corpus.tsv)

A digest is the SHA-256 of the bytes of ImageOps.exif_transpose(image).convert(mode).
"""
import hashlib
import io
import pathlib
import sys
import warnings

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
Image.MAX_IMAGE_PIXELS = 80_000_000  # an error above twice this: 160 megapixels, as Limits.DEFAULT
warnings.simplefilter("ignore")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def facts(source):
    """status, width, height, digest of RGB, digest of RGBA ('-' when opaque), or the error."""
    try:
        with Image.open(source) as image:
            image.seek(0)
            upright = ImageOps.exif_transpose(image)
            rgb = upright.convert("RGB")
            alpha = "A" in upright.getbands() or "a" in upright.getbands() or "transparency" in upright.info
            rgba = digest(upright.convert("RGBA").tobytes()) if alpha else "-"
            return ["ok", rgb.width, rgb.height, digest(rgb.tobytes()), rgba]
    except Exception as e:
        message = " ".join(str(e).replace(str(source), "file").split())
        return ["error", 0, 0, type(e).__name__, message[:80]]


def scene(width, height, seed=7):
    """Gradients, edges and texture, so that chroma upsampling and resizing have work to do."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    r = 255 * x / max(1, width - 1)
    g = 127 + 120 * np.sin(x / 5.0) * np.cos(y / 7.0)
    b = np.where((x // 8 + y // 6) % 2 == 0, 230, 20)
    image = np.stack([r, g, b], -1) + rng.normal(0, 6, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def write(name, image, **options):
    image.save(HERE / name, **options)


def make_files():
    rgb = Image.fromarray(scene(61, 43))
    gray = rgb.convert("L")
    write("rgb_420.jpg", rgb, quality=88, subsampling=2)
    write("rgb_422.jpg", rgb, quality=75, subsampling=1)
    write("rgb_444_progressive.jpg", rgb, quality=92, subsampling=0, progressive=True)
    write("gray.jpg", gray, quality=85)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        write(f"orientation_{orientation}.jpg", Image.fromarray(scene(24, 16)), quality=85, exif=exif)
    write("rgb.png", rgb)
    write("gray.png", gray)
    write("bilevel.png", gray.convert("1"))
    write("palette.png", rgb.quantize(60))
    write("palette_4bit.png", rgb.quantize(13), bits=4)
    alpha = Image.fromarray(scene(61, 43, 3)[:, :, 0])
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    write("rgba.png", rgba)
    la = gray.copy()
    la.putalpha(alpha)
    write("gray_alpha.png", la)
    write("palette_transparent.png", rgb.quantize(32), transparency=bytes(range(0, 256, 8)))
    write("rgb_transparent.png", rgb, transparency=tuple(int(v) for v in rgb.getpixel((3, 3))))
    wide = Image.fromarray((np.arange(40 * 30, dtype=np.uint16).reshape(30, 40) // 3))
    write("gray_16bit.png", wide)


def list_files():
    names = sorted(p.name for p in HERE.iterdir() if p.suffix in {".jpg", ".png"})
    rows = [[n, *facts(HERE / n)] for n in names]
    table("files.tsv", ["file", "status", "width", "height", "rgb_sha256", "rgba_sha256"], rows)


SIZES = [(61, 43), (30, 43), (61, 20), (17, 9), (1, 1), (128, 128), (100, 20), (32, 97), (60, 42)]


def list_resizes():
    rows = []
    for name in ["rgb.png", "gray.png", "rgba.png"]:
        # Channels are resampled one by one: Pillow would multiply alpha in.
        image = Image.open(HERE / name)
        for filter_name in ["BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"]:
            for size in SIZES:
                kernel = Image.Resampling[filter_name]
                bands = [band.resize(size, kernel) for band in image.split()]
                rows.append([name, filter_name, *size, digest(Image.merge(image.mode, bands).tobytes())])
    table("resize.tsv", ["file", "filter", "width", "height", "sha256"], rows)


def list_corpus(shared):
    root = pathlib.Path(shared) / "corpus"
    rows = []
    for folder in ["images", "bad/images"]:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                rows.append([path.relative_to(root).as_posix(), *facts(path)])
    table("corpus.tsv", ["file", "status", "width", "height", "rgb_sha256", "rgba_sha256"], rows)


def table(name, columns, rows):
    lines = ["\t".join(columns)] + ["\t".join(str(v) for v in row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["corpus"]:
        list_corpus(sys.argv[2])
    else:
        make_files()
        list_files()
        list_resizes()
