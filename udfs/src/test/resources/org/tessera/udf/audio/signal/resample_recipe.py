"""Makes input.f32 and FROM_TO.f32: outputs of torchaudio.transforms.Resample.

    python resample_recipe.py      (in this folder)

Made with torchaudio 2.11.0, torch 2.11.0, numpy 2.4.6, on the CPU. Raw little-endian 32-bit floats.
"""

import numpy
import torch
import torchaudio

rng = numpy.random.default_rng(11)
n = numpy.arange(1501)
signal = 0.6 * numpy.sin(n * n * 0.0009) + 0.3 * rng.standard_normal(n.size).cumsum() / 40 + rng.uniform(-0.05, 0.05, n.size)
signal = signal.astype("<f4")
signal.tofile("input.f32")
wave = torch.from_numpy(signal)
for source, target in [(44100, 16000), (48000, 24000), (16000, 24000), (8000, 16000), (44100, 22050), (44100, 24000), (22050, 16000), (8000, 44100)]:
    torchaudio.transforms.Resample(source, target)(wave).numpy().astype("<f4").tofile(f"{source}_{target}.f32")
kaiser = torchaudio.transforms.Resample(
    48000, 44100, resampling_method="sinc_interp_kaiser", lowpass_filter_width=64, rolloff=0.9475937167399596, beta=14.769656459379492
)
kaiser(wave).numpy().astype("<f4").tofile("48000_44100_kaiser.f32")
# The function computes its taps in floats, the transform in double precision: how far they are apart.
gap = (torchaudio.functional.resample(wave, 44100, 16000) - torchaudio.transforms.Resample(44100, 16000)(wave)).abs().max()
print("function and transform differ by", gap.item())
