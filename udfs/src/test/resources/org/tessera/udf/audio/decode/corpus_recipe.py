"""Makes corpus_f32.tsv: digests of the samples of every lossless audio file of the shared corpus.

    python corpus_recipe.py CORPUS_FOLDER > corpus_f32.tsv

Made with imageio-ffmpeg 0.8.1 (ffmpeg n9.0.2) and soundfile 0.14.0 (libsndfile 1.2.2), numpy 2.4.6.
Columns: path, frames, SHA-256 (first 32 digits) of the interleaved little-endian 32-bit floats as the
ffmpeg command gives them, the same as libsndfile gives them ("-": it does not read the file).
"""

import hashlib
import json
import subprocess
import sys

import imageio_ffmpeg
import soundfile

corpus = sys.argv[1]
for line in open(corpus + "/MANIFEST.tsv", encoding="utf-8"):
    columns = line.rstrip("\n").split("\t")
    if not columns[0].startswith("audio/"):
        continue
    facts = json.loads(columns[10])
    if "rms" not in facts or not (facts["lossless"] or facts["codec"] in ("pcm_alaw", "pcm_mulaw")):
        continue
    path = corpus + "/" + columns[0]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-c:a", "pcm_f32le", "-f", "f32le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    try:
        samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
        other = hashlib.sha256(samples.astype("<f4").tobytes()).hexdigest()[:32]
    except soundfile.LibsndfileError:
        other = "-"
    frames = len(raw) // 4 // facts["channels"]
    print(columns[0], frames, hashlib.sha256(raw).hexdigest()[:32], other, sep="\t")
