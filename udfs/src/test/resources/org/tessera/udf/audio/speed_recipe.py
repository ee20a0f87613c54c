"""Times this module's audio kernels and the reference tools in one run, and prints the ratios.

    mvn -q -pl udfs -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
    python udfs/src/test/resources/org/tessera/udf/audio/speed_recipe.py udfs/target

Processor time counts on both sides, the least of many runs, so that other programs on the machine change little.
Needs torchaudio, soundfile, scipy and imageio-ffmpeg; every tool gets one thread. A ratio above 1 says that this
module is faster.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import imageio_ffmpeg  # noqa: E402
import numpy  # noqa: E402
import scipy.fft  # noqa: E402
import soundfile  # noqa: E402
import torch  # noqa: E402
import torchaudio  # noqa: E402

torch.set_num_threads(1)
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SECONDS = 60


def milliseconds(work, times=time.process_time):
    least = float("inf")
    for _ in range(20):
        start = times()
        work()
        least = min(least, times() - start)
    return 1000 * least


def children():
    """Processor time of finished child processes, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def references(folder):
    rng = numpy.random.default_rng(1)
    result = {}
    for rates in ("44100:16000", "48000:16000", "48000:24000", "44100:24000", "16000:24000"):
        source, target = map(int, rates.split(":"))
        wave = torch.from_numpy(rng.uniform(-0.5, 0.5, source * SECONDS).astype("f4"))
        resample = torchaudio.transforms.Resample(source, target)
        result["resample " + rates] = ("torchaudio", milliseconds(lambda: resample(wave)))
    wave = torch.from_numpy(rng.uniform(-0.5, 0.5, 16000 * SECONDS).astype("f4"))
    fbank = torchaudio.compliance.kaldi.fbank
    result["fbank"] = ("torchaudio", milliseconds(lambda: fbank(wave[None], num_mel_bins=128, sample_frequency=16000)))
    mel = torchaudio.transforms.MelSpectrogram(16000, n_fft=400, hop_length=160, n_mels=80)
    result["logMel"] = ("torchaudio", milliseconds(lambda: torch.log(torch.clamp(mel(wave), min=1e-10))))
    samples = wave.numpy()
    window = numpy.sin(numpy.pi * (numpy.arange(256) + 0.5) / 256).astype("f4")

    def mdct():
        padded = numpy.concatenate([numpy.zeros(128, "f4"), samples, numpy.zeros(128, "f4")])
        blocks = numpy.lib.stride_tricks.sliding_window_view(padded, 256)[::128] * window
        a, b, c, d = (blocks[:, i * 64 : (i + 1) * 64] for i in range(4))
        folded = numpy.concatenate([-c[:, ::-1] - d, a - b[:, ::-1]], 1)
        return scipy.fft.dct(folded, type=4, norm="ortho")

    result["mdct"] = ("scipy", milliseconds(mdct))
    for name in ("wav", "flac", "mp3", "ogg"):
        path = folder + "/bench." + name
        result["decode " + name] = ("libsndfile", milliseconds(lambda: soundfile.read(path, dtype="float32")))
    command = [FFMPEG, "-v", "error", "-threads", "1", "-i", folder + "/bench.opus", "-f", "f32le", "-y", "/dev/null"]
    result["decode opus"] = ("ffmpeg (a process)", milliseconds(lambda: subprocess.run(command, check=True), children))
    return result


def ours(target, folder):
    path = ":".join([target + "/test-classes", target + "/classes", open(target + "/classpath.txt", encoding="utf-8").read().strip()])
    command = ["java", "-Xmx1g", "-Dtessera.bench=" + folder, "-cp", path, "org.tessera.udf.audio.AudioCpuTimes"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: float(value) for name, value in (line.split("\t") for line in lines)}


def main():
    with tempfile.TemporaryDirectory() as folder:
        n = numpy.arange(44100 * SECONDS)
        rng = numpy.random.default_rng(2)
        sound = 0.3 * numpy.sin(n * 0.03 + 3 * numpy.sin(n * 1e-4)) + 0.05 * rng.standard_normal(n.size)
        soundfile.write(folder + "/bench.wav", numpy.stack([sound, sound[::-1]], 1), 44100, subtype="PCM_16")
        for name in ("flac", "mp3", "ogg", "opus"):
            subprocess.run([FFMPEG, "-v", "error", "-i", folder + "/bench.wav", folder + "/bench." + name], check=True)
        own = ours(sys.argv[1], folder)
        print("| 60 s of | ms | reference | its ms | ratio |\n|---|---|---|---|---|")
        for name, (tool, reference) in references(folder).items():
            print(f"| {name} | {own[name]:.1f} | {tool} | {reference:.1f} | {reference / own[name]:.2f} |")


main()
