"""Makes the golden images and digests in this folder. Oracles: Pillow 13.0.0, numpy 2.4, scikit-image 0.26.

    python recipe.py                 small files and what they must give (files.tsv, resize.tsv, frontend.json,
                                     metrics.json)
    python recipe.py corpus SHARED   digests of the images of a corpus outside the repository (corpus.tsv)

A digest is the SHA-256 of the bytes of ImageOps.exif_transpose(image).convert(mode).
"""
import hashlib
import io
import json
import math
import pathlib
import struct
import sys
import warnings
import zlib

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
    write("wide.jpg", Image.fromarray(scene(300, 181)), quality=70)
    write("tall.jpg", Image.fromarray(scene(91, 310)), quality=70)
    make_other_formats(rgb, gray, rgba)


def make_other_formats(rgb, gray, rgba):
    cmyk = rgb.convert("CMYK")
    write("cmyk.jpg", cmyk, quality=85)
    # The same samples called YCCK: the Adobe segment's transform is 2.
    data = bytearray((HERE / "cmyk.jpg").read_bytes())
    data[data.index(b"Adobe") + 11] = 2
    (HERE / "ycck.jpg").write_bytes(bytes(data))
    write("lossy.webp", rgb, quality=70)
    write("lossless.webp", rgba, lossless=True, exact=True)
    write("lossy_alpha.webp", rgba, quality=60)
    small = Image.fromarray(scene(20, 12, 5))
    write("animated.webp", rgb, save_all=True, append_images=[small.resize(rgb.size)], lossless=True)
    write("rgb.gif", rgb)
    write("interlaced.gif", rgb.quantize(32), interlace=1)
    write("transparent.gif", rgb.quantize(16), transparency=3)
    write("gray.gif", gray)
    for bits, image in [(1, gray.convert("1")), (8, gray), (24, rgb), (32, rgba)]:
        write(f"bits_{bits}.bmp", image)
    write("palette.bmp", rgb.quantize(100))
    make_tiffs(rgb, gray, rgba)
    make_odd(Image.fromarray(scene(24, 16)), gray)
    for name, image in [("rgb", rgb), ("gray", gray), ("bits", gray.convert("1"))]:
        buffer = io.BytesIO()
        image.save(buffer, "PPM")
        (HERE / (name + ".pnm")).write_bytes(buffer.getvalue())
    text = " ".join(str(int(v)) for v in np.asarray(gray)[:7, :9].reshape(-1))
    (HERE / "plain.pnm").write_text(f"P2\n# made by hand\n9 7\n255\n{text}\n")
    (HERE / "deep.pnm").write_bytes(b"P5 10 6 1000\n" + np.arange(0, 960, 16, dtype=">u2").tobytes())
    write("rgb.qoi", rgb)
    write("rgba.qoi", rgba)


def make_tiffs(rgb, gray, rgba):
    write("rgb.tif", rgb)
    write("rgb_lzw.tif", rgb, compression="tiff_lzw")
    write("rgba_deflate.tif", rgba, compression="tiff_adobe_deflate")
    write("rgb_lzw_predictor.tif", rgb, compression="tiff_lzw", tiffinfo={317: 2})
    write("gray_packbits.tif", gray, compression="packbits")
    write("rgb_jpeg.tif", rgb, compression="jpeg", quality=80)
    write("bilevel_g4.tif", gray.convert("1"), compression="group4")
    write("bilevel_g3.tif", gray.convert("1"), compression="group3")
    write("palette.tif", rgb.quantize(20), compression="tiff_lzw")
    write("cmyk.tif", rgb.convert("CMYK"), compression="tiff_lzw")
    wide = Image.fromarray((np.arange(40 * 30, dtype=np.uint16).reshape(30, 40) // 3))
    write("gray_16bit.tif", wide, compression="tiff_deflate")
    write("gray_float.tif", Image.fromarray(np.linspace(-20, 280, 40 * 30, dtype=np.float32).reshape(30, 40)))
    write("strips.tif", rgb, compression="tiff_lzw", tiffinfo={278: 8})
    write("pages.tif", rgb, save_all=True, append_images=[gray], compression="tiff_lzw")
    write("turned.tif", rgb, compression="packbits", tiffinfo={274: 6})


def make_odd(small, gray):
    """What is rare, but stands in real files."""
    signed, short = (struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 0x112, kind, 1, 6, 0) for kind in (9, 3))
    write("exif_signed.jpg", small, quality=85, exif=b"Exif\0\0" + signed)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    png = buffer.getvalue()
    end = len(png) - 12
    (HERE / "exif_behind.png").write_bytes(png[:end] + chunk(b"eXIf", short) + png[end:])
    text = f"\nexif\n{len(short):8}\n{short.hex()}\n".encode()
    profile = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))
    (HERE / "exif_text.png").write_bytes(png[:33] + profile + png[33:])
    (HERE / "spaced.pnm").write_bytes(b"P6 \n24 16\n255\n" + small.tobytes())
    write("bilevel_g3_fill.tif", gray.convert("1"), compression="group3", tiffinfo={292: 4})
    buffer = io.BytesIO()
    small.save(buffer, "TIFF", tiffinfo={278: 16})
    tif, data = buffer.getvalue(), old_lzw(small.tobytes())
    tif = tif[:tif.index(small.tobytes())] + data
    for tag, value in [(259, 5), (279, len(data))]:
        entry = tif.index(struct.pack("<H", tag), 8)
        kind = "<HHIHH" if tif[entry + 2] == 3 else "<HHII"
        fields = [tag, tif[entry + 2], 1, value] + [0] * (kind == "<HHIHH")
        tif = tif[:entry] + struct.pack(kind, *fields) + tif[entry + 12:]
    (HERE / "lzw_old.tif").write_bytes(tif)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def old_lzw(data):
    """LZW as before TIFF 5.0: low bit first, codes one bit longer only when they have to be."""
    bits, held, width = 256, 9, 9
    table, word, following = {bytes([i]): i for i in range(256)}, b"", 258
    for byte in [bytes([b]) for b in data] + [None]:
        if byte is not None and word + byte in table:
            word += byte
            continue
        bits |= table[word] << held
        held += width
        if byte is not None:
            table[word + byte] = following
            # The reader's table is one entry behind.
            width = max(width, following.bit_length())
            following += 1
            word = byte
    bits |= 257 << held
    return bits.to_bytes((held + width + 7) // 8, "little")


def list_files():
    names = sorted(p.name for p in HERE.iterdir() if p.suffix in {".jpg", ".png", ".webp", ".gif", ".bmp", ".tif", ".pnm", ".qoi"})
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


def center(image, width, height):
    """torchvision's CenterCrop."""
    top = int(round((image.height - height) / 2.0))
    left = int(round((image.width - width) / 2.0))
    return image.crop((left, top, left + width, top + height))


def shorter(image, size, kernel):
    """torchvision's Resize(size)."""
    short, long = min(image.size), max(image.size)
    new = int(size * long / short)
    return image.resize((size, new) if image.width <= image.height else (new, size), kernel)


def adm(image, size):
    """center_crop_arr of guided-diffusion."""
    while min(*image.size) >= 2 * size:
        image = image.resize(tuple(x // 2 for x in image.size), resample=Image.BOX)
    scale = size / min(*image.size)
    image = image.resize(tuple(round(x * scale) for x in image.size), resample=Image.BICUBIC)
    y, x = (image.height - size) // 2, (image.width - size) // 2
    return image.crop((x, y, x + size, y + size))


def five(image, s):
    w, h = image.size
    boxes = [(0, 0), (w - s, 0), (0, h - s), (w - s, h - s)]
    return [image.crop((x, y, x + s, y + s)) for x, y in boxes] + [center(image, s, s)]


def smart(image, factor, least, most):
    """smart_resize of Qwen2-VL."""
    h, w = image.height, image.width
    h_bar, w_bar = max(factor, round(h / factor) * factor), max(factor, round(w / factor) * factor)
    if h_bar * w_bar > most:
        beta = math.sqrt(h * w / most)
        h_bar = max(factor, math.floor(h / beta / factor) * factor)
        w_bar = max(factor, math.floor(w / beta / factor) * factor)
    elif h_bar * w_bar < least:
        beta = math.sqrt(least / (h * w))
        h_bar = math.ceil(h * beta / factor) * factor
        w_bar = math.ceil(w * beta / factor) * factor
    return image.resize((w_bar, h_bar), Image.BICUBIC)


def floats(image, mean, std, divisor=255, planar=False):
    """torchvision's ToTensor and Normalize, in single precision."""
    x = np.asarray(image).astype(np.float32)
    x = x / np.float32(divisor)
    x = (x - np.float32(mean)) / np.float32(std)
    return np.ascontiguousarray(x.transpose(2, 0, 1) if planar else x)


def step(name, **parameters):
    return {"name": name, "parameters": parameters}


def list_front_ends():
    flip = Image.Transpose.FLIP_LEFT_RIGHT
    imagenet = ([.485, .456, .406], [.229, .224, .225])
    clip = ([.48145466, .4578275, .40821073], [.26862954, .26130258, .27577711])
    rows = []

    def add(name, steps, results):
        segments = []
        for r in results if isinstance(results, list) else [results]:
            a = np.asarray(r)
            a = a[:, :, None] if a.ndim == 2 else a
            segments.append({"shape": list(a.shape), "sha256": digest(a.tobytes())})
        rows.append({"file": name, "steps": steps, "segments": segments})

    for name in ["wide.jpg", "tall.jpg"]:
        image = Image.open(HERE / name).convert("RGB")
        for size in [32, 45, 64]:
            add(name, [step("resize_center_crop", size=size)], center(shorter(image, size, Image.BICUBIC), size, size))
            add(name, [step("adm_center_crop", size=size)], adm(image, size))
        r = center(shorter(image, 72, Image.BILINEAR), 64, 64)
        add(name, [step("resize_center_crop", size=64, resize=72, filter="bilinear")], r)
        add(name, [step("resize", size=56, filter="lanczos")], image.resize((56, 56), Image.LANCZOS))
        add(name, [step("resize", width=40, height=24)], image.resize((40, 24), Image.BICUBIC))
        cut = center(image, 64, 64)
        add(name, [step("center_crop", size=64), step("flip")], cut.transpose(flip))
        add(name, [step("center_crop", size=64), step("with_flip")], [cut, cut.transpose(flip)])
        add(name, [step("five_crop", size=50)], five(image, 50))
        ten = five(adm(image, 70), 64) + five(adm(image, 70).transpose(flip), 64)
        add(name, [step("adm_center_crop", size=70), step("ten_crop", size=64)], ten)
        for bounds in [(14, 3136, 20000), (14, 196, 5000), (28, 100000, 200000), (16, 256, 512)]:
            names = dict(patch=bounds[0], min_pixels=bounds[1], max_pixels=bounds[2])
            r = smart(image, *bounds)
            if r.width * r.height <= bounds[2]:
                add(name, [step("any_resolution", **names)], r)
        add(name, [step("center_crop", size=64), step("gray")], cut.convert("L"))
        base = [step("center_crop", size=33)]
        cut = center(image, 33, 33)
        add(name, base + [step("to_float")], floats(cut, [0], [1]))
        add(name, base + [step("to_float", preset="raw")], floats(cut, [0], [1], 1))
        add(name, base + [step("to_float", preset="signed", layout="nchw")], floats(cut, [.5], [.5], planar=True))
        add(name, base + [step("to_float", preset="imagenet", layout="nchw")], floats(cut, *imagenet, planar=True))
        add(name, base + [step("to_float", preset="clip")], floats(cut, *clip))
        scaled = step("to_float", scale=1 / 127.5, mean=[1], std=[1])
        add(name, base + [scaled], floats(cut, [1], [1], 127.5))
    for name in ["rgba.png", "gray_alpha.png", "palette_transparent.png", "rgb.png"]:
        image = Image.open(HERE / name)
        for color in [[255, 255, 255], [10, 128, 201]]:
            under = Image.new("RGBA", image.size, tuple(color))
            r = Image.alpha_composite(under, image.convert("RGBA")).convert("RGB")
            add(name, [step("alpha", policy="composite", color=color)], r)
        add(name, [step("alpha", policy="drop")], image.convert("RGB"))
    lines = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    (HERE / "frontend.json").write_text("[\n" + lines + "\n]\n", encoding="utf-8")


def list_metrics():
    from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity
    a = np.asarray(Image.open(HERE / "wide.jpg").convert("RGB"))
    rows = []
    for quality in [5, 30, 90]:
        buffer = io.BytesIO()
        Image.fromarray(a).save(buffer, "JPEG", quality=quality)
        name = f"wide_q{quality}.jpg"
        (HERE / name).write_bytes(buffer.getvalue())
        b = np.asarray(Image.open(buffer).convert("RGB"))
        rows.append({
            "a": "wide.jpg", "b": name,
            "mse": float(mean_squared_error(a, b)),
            "mae": float(np.abs(a.astype(float) - b).mean()),
            "vrmse": float(np.sqrt(((a.astype(float) - b) ** 2).mean() / a.var())),
            "psnr": float(peak_signal_noise_ratio(a, b, data_range=255)),
            "ssim": float(structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
                                                data_range=255, channel_axis=2)),
        })
    (HERE / "metrics.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


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
        list_metrics()
        list_files()
        list_resizes()
        list_front_ends()
