"""Makes tone/*: 1,600 frames of two sines and noise at 8 or 48 kHz in every format, and tone/facts.tsv.

    python tone_recipe.py      (in this folder)

Made with imageio-ffmpeg 0.8.1 (ffmpeg n9.0.2), soundfile 0.14.0 (libsndfile 1.2.2), numpy 2.4.6.
facts.tsv: file, rate, channels, frames, SHA-256 (first 32 digits) of the interleaved little-endian
32-bit floats by the ffmpeg command, the same by libsndfile ("-": it does not read the file). Lossy files have the
floats themselves beside them (NAME.f32), since two versions of a decoder may differ in the last bits.
"""

import hashlib
import os
import subprocess

import imageio_ffmpeg
import numpy
import soundfile

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
RECIPES = [  # name, rate, channels, lossy, ffmpeg's options
    ("u8.wav", 8000, 2, False, ["-c:a", "pcm_u8"]),
    ("s16.wav", 8000, 2, False, ["-c:a", "pcm_s16le"]),
    ("s24.wav", 8000, 2, False, ["-c:a", "pcm_s24le"]),
    ("s32.wav", 8000, 2, False, ["-c:a", "pcm_s32le"]),
    ("s64.wav", 8000, 2, False, ["-c:a", "pcm_s64le"]),
    ("f32.wav", 8000, 2, False, ["-c:a", "pcm_f32le"]),
    ("f64.wav", 8000, 2, False, ["-c:a", "pcm_f64le"]),
    ("alaw.wav", 8000, 2, False, ["-c:a", "pcm_alaw"]),
    ("mulaw.wav", 8000, 2, False, ["-c:a", "pcm_mulaw"]),
    ("adpcm_ms.wav", 8000, 2, True, ["-c:a", "adpcm_ms"]),
    ("rf64.wav", 8000, 2, False, ["-c:a", "pcm_s16le", "-rf64", "always"]),
    ("s16.w64", 8000, 2, False, ["-c:a", "pcm_s16le"]),
    ("s24.caf", 8000, 2, False, ["-c:a", "pcm_s24be"]),
    ("alac.caf", 8000, 2, False, ["-c:a", "alac", "-sample_fmt", "s16p"]),
    ("s16.aiff", 8000, 2, False, ["-c:a", "pcm_s16be"]),
    ("sowt.aifc", 8000, 2, False, ["-c:a", "pcm_s16le", "-f", "aiff"]),
    ("fl32.aifc", 8000, 2, False, ["-c:a", "pcm_f32be", "-f", "aiff"]),
    ("s16.au", 8000, 2, False, ["-c:a", "pcm_s16be"]),
    ("mulaw.au", 8000, 2, False, ["-c:a", "pcm_mulaw"]),
    ("s16.flac", 8000, 2, False, ["-c:a", "flac", "-sample_fmt", "s16"]),
    ("s24.flac", 8000, 2, False, ["-c:a", "flac", "-sample_fmt", "s32"]),
    ("s16.oga", 8000, 2, False, ["-c:a", "flac", "-sample_fmt", "s16", "-f", "ogg"]),
    ("s16.wv", 8000, 2, False, ["-c:a", "wavpack", "-sample_fmt", "s16p"]),
    ("alac.m4a", 8000, 2, False, ["-c:a", "alac", "-sample_fmt", "s16p"]),
    ("layer3.mp3", 48000, 2, True, ["-c:a", "libmp3lame", "-b:a", "64k"]),
    ("stuffed.mp3", 48000, 2, True, ["-c:a", "libmp3lame", "-b:a", "320k", "-reservoir", "0", "-joint_stereo", "0"]),
    ("layer2.mp2", 48000, 2, True, ["-c:a", "mp2", "-b:a", "64k"]),
    ("lc.m4a", 48000, 2, True, ["-c:a", "aac", "-b:a", "64k"]),
    ("lc.aac", 48000, 2, True, ["-c:a", "aac", "-b:a", "64k"]),
    ("vorbis.ogg", 48000, 2, True, ["-c:a", "libvorbis", "-q:a", "0"]),
    ("opus.opus", 48000, 2, True, ["-c:a", "libopus", "-b:a", "48k"]),
    ("opus.webm", 48000, 2, True, ["-c:a", "libopus", "-b:a", "48k"]),
]



def stuff(path):
    """Counts 160 unused bits behind a granule as its own, as other encoders do; they must not be heard."""
    mp3 = bytearray(open(path, "rb").read())
    at = len(mp3) - 3 * 960  # the first frame of sound; 960 bytes at 320 kbit/s and 48 kHz
    start, side = at + 36, at + 4
    lengths = [bits(mp3, side, 20 + 59 * granule, 12) for granule in range(4)]
    end = sum(lengths)
    assert mp3[at : at + 2] == b"\xff\xfb" and end + 160 < (960 - 36) * 8 and lengths[3] + 160 < 4096
    bits(mp3, side, 20 + 59 * 3, 12, lengths[3] + 160)
    for bit in range(end, end + 160):  # ones are four values of 0 in both tables
        bits(mp3, start, bit, 1, 1)
    open(path, "wb").write(mp3)


def bits(data, at, first, count, value=None):
    """The number in some bits behind a byte, or another number put there."""
    width = (first + count + 7) // 8
    word, shift = int.from_bytes(data[at : at + width], "big"), width * 8 - first - count
    mask = ((1 << count) - 1) << shift
    if value is not None:
        data[at : at + width] = (word & ~mask | value << shift).to_bytes(width, "big")
    return (word & mask) >> shift


n = numpy.arange(1600)
noise = numpy.random.default_rng(5).uniform(-0.05, 0.05, (1600, 2))
tone = numpy.stack([0.5 * numpy.sin(n * 0.11), 0.3 * numpy.sin(n * 0.047 + 1)], 1) + noise
with open("tone/facts.tsv", "w", encoding="utf-8") as facts:
    for name, rate, channels, lossy, options in RECIPES:
        path = "tone/" + name
        source = ["-f", "f64le", "-ar", str(rate), "-ac", str(channels), "-i", "-"]
        clean = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
        command = [FFMPEG, "-v", "error", "-y", *source, *options, *clean, path]
        subprocess.run(command, input=tone.astype("<f8").tobytes(), check=True)
        if name == "stuffed.mp3":
            stuff(path)
        command = [FFMPEG, "-v", "error", "-i", path, "-c:a", "pcm_f32le", "-f", "f32le", "-"]
        raw = subprocess.run(command, capture_output=True, check=True).stdout
        other = "-"
        if lossy:
            open(path + ".f32", "wb").write(raw)
        else:
            try:
                samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
                other = hashlib.sha256(samples.astype("<f4").tobytes()).hexdigest()[:32]
            except soundfile.LibsndfileError:
                pass
        digest = hashlib.sha256(raw).hexdigest()[:32]
        print(name, rate, channels, len(raw) // 4 // channels, digest, other, sep="\t", file=facts)
