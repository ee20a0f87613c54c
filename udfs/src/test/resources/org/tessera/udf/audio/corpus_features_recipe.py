"""Makes corpus_features.tsv: values of resampled signals and features of real files, by torchaudio.

    python corpus_features_recipe.py CORPUS_FOLDER > corpus_features.tsv

Made with torchaudio 2.11.0, torch 2.11.0, soundfile 0.14.0 (libsndfile 1.2.2), on the CPU. Columns: path, kind,
number of values, then 40 of them, evenly spaced, as INDEX:VALUE. The kinds fbank_double and mel_double have the
same functions run in double precision, at the file's own rate (mel: where it is at least 24 kHz), since the rounding
of a resampler would already move quiet bins. The kinds fbank and mel, in floats, have only values of bins that lie at most 40 dB
below the loudest one of their frame: below that, torchaudio's floats and its doubles differ by up to 0.03, since
the rounding of a float transform is as large as such bins. Kinds: resample:RATE is transforms.Resample of
the mean of the channels, resample_function:RATE is functional.resample of it; fbank is compliance.kaldi.fbank of
2^15 times the 16 kHz signal with 128 bins; mel is TaDiCodec's log-mel of the 24 kHz signal, before its
normalisation.
"""

import math
import sys

import librosa
import numpy
import soundfile
import torch
import torchaudio

FILES = [
    "audio/lhotse/2412-153948-0001.flac",
    "audio/lhotse/LJ002-0020.wav",
    "audio/lyra/sample1_48kHz.wav",
    "audio/lyra/sample1_8kHz.wav",
    "audio/pocketsphinx/cards_002.wav",
    "audio/picovoice/alexa_1.flac",
    "audio/picovoice/alexa_241.flac",
    "audio/sonic-pi/vinyl_backspin.flac",
    "audio/sonic-pi/tabla_te2.flac",
    "audio/flac-testbench/40_-_5_channels__5.0_.flac",
    "audio/derived/flac_s24_stereo_96k.flac",
    "audio/flac-testbench/21_-_samplerate_22050Hz.flac",
]


def row(path, kind, values, range_db=None, scale=1):
    loud = numpy.arange(values.numel())
    if range_db:
        below = values - values.max(1, keepdim=True)[0]
        loud = numpy.flatnonzero((below > -range_db / 10 * math.log(10) * scale).numpy())
    values = values.reshape(-1).numpy()
    at = loud[numpy.linspace(0, loud.size - 1, 40).astype(int)]
    print(path, kind, values.size, *[f"{i}:{values[i]:.9g}" for i in at], sep="\t")


def mel(wave, rate=24000):
    basis = torch.from_numpy(librosa.filters.mel(sr=rate, n_fft=1920, n_mels=128, fmin=0, fmax=12000))
    y = torch.nn.functional.pad(wave[None, None], (720, 720), mode="reflect")[0]
    spec = torch.stft(y, 1920, hop_length=480, win_length=1920, window=torch.hann_window(1920, dtype=wave.dtype), center=False, return_complex=True)
    spec = torch.sqrt(torch.view_as_real(spec).pow(2).sum(-1) + 1e-9)
    return torch.log(torch.clamp(torch.matmul(basis.to(wave.dtype), spec), min=1e-5))[0].T


def fbank(wave, rate=16000):
    return torchaudio.compliance.kaldi.fbank(wave[None] * 2**15, num_mel_bins=128, sample_frequency=rate)


for path in FILES:
    samples, rate = soundfile.read(sys.argv[1] + "/" + path, dtype="float32", always_2d=True)
    wave = torch.from_numpy(samples.T.copy()).mean(0)
    at16 = torchaudio.transforms.Resample(rate, 16000)(wave)
    row(path, "resample:16000", at16)
    row(path, "resample_function:16000", torchaudio.functional.resample(wave, rate, 16000))
    row(path, "fbank", fbank(at16), 40)
    row(path, "fbank_double", fbank(wave.double(), rate))
    at24 = torchaudio.transforms.Resample(rate, 24000)(wave)
    row(path, "resample:24000", at24)
    row(path, "mel", mel(at24), 40, 0.5)
    if rate >= 24000:
        row(path, "mel_double", mel(wave.double(), rate))
