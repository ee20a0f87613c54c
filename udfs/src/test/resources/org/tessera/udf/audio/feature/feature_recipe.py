"""Makes input.f32 and the features of it by torchaudio, librosa and scipy.

    python feature_recipe.py      (in this folder)

Made with torchaudio 2.11.0, torch 2.11.0, librosa 0.11.0, scipy 1.17.1, numpy 2.4.6, on the CPU; that of
Whisper with openai-whisper 20250625 and torch 2.15.0, that of w2v-BERT 2.0 with transformers 5.24.0. Raw little-endian 32-bit floats, one row for each
frame.
"""

import librosa
import numpy
import scipy.fft
import torch
import torchaudio
import transformers
import whisper

rng = numpy.random.default_rng(12)
n = numpy.arange(6000)
pitch = numpy.cumsum(2 * numpy.pi * (120 + 40 * numpy.sin(n * 0.0011)) / 16000)
signal = sum(numpy.sin(h * pitch) / h * (0.5 + 0.5 * numpy.sin(n * 0.0007 * h)) for h in range(1, 24))
signal = (0.2 * signal * numpy.exp(-((n - 2500) / 2500) ** 2) + rng.uniform(-1e-3, 1e-3, n.size)).astype("<f4")
signal.tofile("input.f32")
wave = torch.from_numpy(signal)


def save(name, rows):
    print(name, rows.shape)
    numpy.ascontiguousarray(rows, dtype="<f4").tofile(name + ".f32")


fbank = torchaudio.compliance.kaldi.fbank
beats = fbank(wave[None] * 2**15, num_mel_bins=128, sample_frequency=16000, frame_length=25, frame_shift=10)
save("fbank_beats", beats.numpy())
save("fbank_reflect", fbank(wave[None], num_mel_bins=40, sample_frequency=16000, snip_edges=False, window_type="hamming").numpy())

# w2v-BERT 2.0's extractor, as its preprocessor_config.json sets it; 33 frames, so that one is filled up.
w2v_bert = transformers.SeamlessM4TFeatureExtractor(padding_value=1)
save("fbank_w2v_bert", w2v_bert(signal[:5600], sampling_rate=16000, return_tensors="np").input_features[0])


def hifigan_mel(y, rate, fft, hop, window, bins, low, high):
    """TaDiCodec, Vocos' and HiFi-GAN's recipe."""
    basis = torch.from_numpy(librosa.filters.mel(sr=rate, n_fft=fft, n_mels=bins, fmin=low, fmax=high))
    pad = (fft - hop) // 2
    y = torch.nn.functional.pad(y[None, None], (pad, pad), mode="reflect")[0]
    spec = torch.stft(y, fft, hop_length=hop, win_length=window, window=torch.hann_window(window), center=False, return_complex=True)
    spec = torch.sqrt(torch.view_as_real(spec).pow(2).sum(-1) + 1e-9)
    return torch.log(torch.clamp(torch.matmul(basis, spec), min=1e-5))[0]


mel = hifigan_mel(wave, 24000, 1920, 480, 1920, 128, 0, 12000)
save("mel_tadicodec", ((mel + 4.92) / 8.14**0.5).numpy().T)
default = torchaudio.transforms.MelSpectrogram(sample_rate=16000, n_fft=400, hop_length=160, n_mels=64)
save("mel_torchaudio", default(wave).numpy().T)
energies = librosa.feature.melspectrogram(y=signal, sr=16000, n_fft=400, hop_length=160, n_mels=80)
save("mel_librosa_db", librosa.power_to_db(energies, amin=1e-10, top_db=None).T)
# Silence in front, which is further below the loudest than Whisper keeps.
begun = wave.clone()
begun[:2400] = 0
save("mel_whisper", whisper.log_mel_spectrogram(begun, n_mels=80).numpy().T)


def mdct(x, size, window):
    """Straight from the definition, through scipy's DCT-IV of the folded block."""
    frames = -(-x.size // size) + 1
    padded = numpy.zeros((frames + 1) * size)
    padded[size : size + x.size] = x
    rows = []
    for t in range(frames):
        a, b, c, d = numpy.split(padded[t * size : (t + 2) * size] * window, 4)
        rows.append(scipy.fft.dct(numpy.concatenate([-c[::-1] - d, a - b[::-1]]), type=4, norm="ortho"))
    return numpy.array(rows)


size = 320
save("mdct_sine", mdct(signal.astype(float), size, numpy.sin(numpy.pi * (numpy.arange(2 * size) + 0.5) / (2 * size))))
kaiser = numpy.cumsum(numpy.kaiser(size + 1, numpy.pi * 4))
half = numpy.sqrt(kaiser[:-1] / kaiser[-1])
save("mdct_kbd", mdct(signal.astype(float), size, numpy.concatenate([half, half[::-1]])))
