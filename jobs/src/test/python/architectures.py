"""Makes published tokenizers with seeded random weights, and their own ids of raw files.

For each system a folder: a raw file, the encoder as ONNX up to its latents, the quantizer's tensors,
the manifest, and the ids that the package's own code gives. ArchitectureWitnessTest wraps each as a
bundle and compares. A user with trained weights does the same with them.

    python architectures.py FOLDER [SYSTEM...]
    mvn -pl jobs -am test -Dtest=ArchitectureWitnessTest -Dtessera.witnesses=FOLDER ...

Made with PyTorch 2.15.0, torchaudio 2.11.0, transformers 5.24.0, diffusers 0.42.1, encodec 0.1.1,
speechtokenizer 1.0.1, vector-quantize-pytorch 1.32.0, onnx 1.23.2 (all from PyPI, on a CPU).
"""
import json
import pathlib
import sys
import wave
import zlib

import numpy as np
import torch

torch.version.cuda = None  # torchaudio refuses another CUDA than PyTorch's; neither is used here

TEMPLATES = pathlib.Path(__file__).parents[4] / "conf" / "systems"


class Witness:
    """One system's folder."""

    def __init__(self, root, name):
        self.folder = root / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.archives = {}
        torch.manual_seed(zlib.crc32(name.encode()))
        self.random = np.random.default_rng(zlib.crc32(name.encode()))

    def sound(self, rate, seconds=3.0):
        """A mono file of 16 bits at the model's rate; as a tensor, what the decoder must give."""
        n = int(rate * seconds)
        t = np.arange(n) / rate
        tones = sum(np.sin(2 * np.pi * f * t * (1 + 0.1 * t)) / (i + 2)
                    for i, f in enumerate((110, 317, 905, 2210)))
        noise = self.random.normal(0, 0.05, n) * (np.sin(2 * np.pi * 2 * t) > 0)
        samples = np.clip((tones * 0.4 + noise) * 32767, -32768, 32767).astype("<i2")
        with wave.open(str(self.folder / "raw.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate)
            out.writeframes(samples.tobytes())
        return torch.from_numpy(samples.astype("f4") / 32768).reshape(1, 1, -1)

    def picture(self, size):
        """A PNG of the model's size; as a tensor, values from -1 to 1."""
        from PIL import Image

        y, x = np.mgrid[0:size, 0:size] / size
        rgb = np.stack([x, y, (np.sin(12 * x) * np.cos(9 * y) + 1) / 2], -1)
        pixels = np.clip(rgb * 220 + self.random.normal(0, 12, rgb.shape), 0, 255).astype("u1")
        Image.fromarray(pixels).save(self.folder / "raw.png")
        unit = torch.from_numpy(pixels.astype("f4") / 255)
        return ((unit - 0.5) / 0.5).permute(2, 0, 1).unsqueeze(0)

    def tensor(self, name, value):
        """A tensor of the quantizer, FILE.npy or FILE.npz:NAME."""
        value = value.detach().numpy().astype("<f4")
        file, _, entry = name.partition(":")
        if entry:
            self.archives.setdefault(file, {})[entry] = value
        else:
            np.save(self.folder / file, value)

    def export(self, encoder, example, axes):
        """As ONNX, traced at the example's length: padding inside codecs depends on it."""
        encoder.eval()
        torch.onnx.export(
            encoder, (example,), str(self.folder / "encoder.onnx"), input_names=["signal"],
            output_names=["latents"], opset_version=17, dynamo=False,
            dynamic_axes={"signal": axes[0], "latents": axes[1]})

    def finish(self, manifest, latents, ids):
        """latents: [channel, positions...] of the package itself; ids in the layout's order."""
        channels_last = np.moveaxis(latents.detach().numpy(), 0, -1)
        np.save(self.folder / "latents.npy", np.ascontiguousarray(channels_last.astype("<f4")))
        for file, entries in self.archives.items():
            np.savez(self.folder / file, **entries)
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=2))
        ids = np.ascontiguousarray(ids.detach().numpy().astype("<i4"))
        np.save(self.folder / "ids.npy", ids)
        print(self.name, list(ids.shape), len(np.unique(ids)), "codes in use")

    def template(self):
        return json.loads((TEMPLATES / f"{self.name}.json").read_text())


AUDIO = ({0: "batch", 2: "samples"}, {0: "batch", 2: "time"})
IMAGE = ({0: "batch"}, {0: "batch"})


def codes_of(latents, count):
    """Codes near the latents, so that random weights use many of them: rows of latents and noise."""
    rows = latents.reshape(-1, latents.shape[-1])
    chosen = rows[torch.randint(len(rows), (count,))]
    return chosen + torch.randn_like(chosen) * rows.std(0) * 0.5


def levels_of(latents, count, levels):
    """As codes_of, for what is left level by level."""
    rest, books = latents.reshape(-1, latents.shape[-1]).clone(), []
    for _ in range(levels):
        books.append(codes_of(rest, count))
        rest = rest - books[-1][torch.cdist(rest, books[-1]).argmin(1)]
    return books


def spread(encoder, x):
    """Gives each feature mean 0 and deviation 1 through the last convolution, as training would.

    With untrained weights the features hardly move around a large mean, and 32-bit distances between
    them are rounding noise: the package itself then gives other ids for the same features.
    """
    conv = encoder.model[-1].conv.conv
    latents = encoder(x)[0]
    mean, deviation = latents.mean(1), latents.std(1)
    gain = conv.parametrizations.weight.original0 if hasattr(conv, "parametrizations") else conv.weight_g
    gain.copy_(gain / deviation.reshape(-1, 1, 1))
    conv.bias.copy_((conv.bias - mean) / deviation)


def encodec(root):
    from encodec import EncodecModel

    w = Witness(root, "encodec-24khz")
    model = EncodecModel.encodec_model_24khz(pretrained=False).eval()
    model.set_target_bandwidth(6.0)
    x = w.sound(24000)
    spread(model.encoder, x)
    layers = model.quantizer.vq.layers
    for layer, book in zip(layers, levels_of(model.encoder(x).transpose(1, 2), 1024, len(layers))):
        layer._codebook.embed.copy_(book)
        layer._codebook.inited.fill_(1)
    w.export(model.encoder, x, AUDIO)
    w.tensor("codebooks.npy", torch.stack([layer._codebook.embed for layer in layers]))
    w.finish(w.template(), model.encoder(x)[0], model.encode(x)[0][0][0])


def speechtokenizer(root):
    from speechtokenizer import SpeechTokenizer

    w = Witness(root, "speechtokenizer")
    model = SpeechTokenizer({
        "n_filters": 64, "strides": [8, 5, 4, 2], "dimension": 1024, "semantic_dimension": 768,
        "bidirectional": True, "dilation_base": 2, "residual_kernel_size": 3,
        "n_residual_layers": 1, "lstm_layers": 2, "activation": "ELU", "codebook_size": 1024,
        "n_q": 8, "sample_rate": 16000}).eval()
    x = w.sound(16000)
    spread(model.encoder, x)
    layers = model.quantizer.vq.layers
    for layer, book in zip(layers, levels_of(model.encoder(x).transpose(1, 2), 1024, len(layers))):
        layer._codebook.embed.copy_(book)
        layer._codebook.inited.fill_(1)
    w.export(model.encoder, x, AUDIO)
    w.tensor("codebooks.npy", torch.stack([layer._codebook.embed for layer in layers]))
    w.finish(w.template(), model.encoder(x)[0], model.encode(x)[:, 0])


def dac(root):
    from transformers import DacConfig, DacModel

    w = Witness(root, "dac-44khz")
    model = DacModel(DacConfig(sampling_rate=44100, downsampling_ratios=[2, 4, 8, 8])).eval()
    x = w.sound(44100)
    rest = model.encoder(x)
    for i, quantizer in enumerate(model.quantizer.quantizers):
        for projection in (quantizer.in_proj, quantizer.out_proj):
            torch.nn.init.normal_(projection.weight, std=projection.weight.shape[1] ** -0.5)
            torch.nn.init.normal_(projection.bias, std=0.01)
        quantizer.codebook.weight.copy_(codes_of(quantizer.in_proj(rest).transpose(1, 2), 1024))
        rest = rest - quantizer(rest)[0]
        for name, projection in (("in", quantizer.in_proj), ("out", quantizer.out_proj)):
            w.tensor(f"level{i}.npz:project_{name}", projection.weight[:, :, 0])
            w.tensor(f"level{i}.npz:project_{name}_bias", projection.bias)
        w.tensor(f"level{i}.npz:codebook", quantizer.codebook.weight)
    w.export(model.encoder, x, AUDIO)
    # The front-end fills up to whole hops, as the package's own preprocessing does.
    padded = pad(x, 512)
    w.finish(w.template(), model.encoder(padded)[0], model.encode(padded).audio_codes[0])


def pad(x, multiple):
    return torch.nn.functional.pad(x, (0, -x.shape[-1] % multiple))


def mimi(root):
    from transformers import MimiConfig, MimiModel, masking_utils

    # One sequence a row: the search for packed ones has no ONNX form.
    masking_utils.find_packed_sequence_indices = lambda position_ids: None

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model.encoder(signal, use_streaming=False)[0]

    w = Witness(root, "mimi")
    model = MimiModel(MimiConfig(num_quantizers=32)).eval()
    x = pad(w.sound(24000), 1920)  # as the front-end does
    encoder = Encoder(model)
    latents = encoder(x)
    streams = (("semantic", model.quantizer.semantic_residual_vector_quantizer),
               ("acoustic", model.quantizer.acoustic_residual_vector_quantizer))
    for name, stream in streams:
        projected = stream.input_proj(latents).transpose(1, 2)
        for layer, book in zip(stream.layers, levels_of(projected, 2048, len(stream.layers))):
            layer.codebook.embed_sum.copy_(book)
            layer.codebook.cluster_usage.fill_(1)
        w.tensor(f"{name}.npz:project_in", stream.input_proj.weight[:, :, 0])
        w.tensor(f"{name}.npz:project_out", stream.output_proj.weight[:, :, 0])
        w.tensor(f"{name}.npz:codebooks",
                 torch.stack([layer.codebook.embed for layer in stream.layers]))
    w.export(encoder, x, AUDIO)
    ids = model.encode(x, num_quantizers=8).audio_codes[0]
    w.finish(w.template(), latents[0], ids)


def image_manifest(name, size, codes, grid):
    return {
        "format": 1, "name": name, "version": "1", "modality": "image",
        "models": [{"engine": "onnx", "path": "encoder.onnx", "encode": {
            "inputs": {"signal": "signal"},
            "outputs": {"latents": {"tensor": "latents",
                                    "axes": ["batch", "channel", "row", "column"]}}}}],
        "output": "latents",
        "front_end": [{"step": "resize_center_crop", "size": size},
                      {"step": "to_float", "preset": "signed", "layout": "nchw"}],
        "quantizer": {"family": "vq", "codebook": "codebook.npy", "metric": "euclidean",
                      "normalise": "none", "dequantise": "stored"},
        "layout": {"axes": ["row", "column"], "shape": [grid, grid], "radices": [codes]},
        "licence": "", "source": "random weights", "files": {}}


def vqmodel(root):
    from diffusers import VQModel

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model.quant_conv(self.model.encoder(signal))

    w = Witness(root, "diffusers-vqmodel")
    model = VQModel(
        block_out_channels=(128, 256, 512), down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3, latent_channels=64, vq_embed_dim=64,
        num_vq_embeddings=8192, layers_per_block=1).eval()
    x = w.picture(128)
    latents = model.encode(x).latents
    model.quantize.embedding.weight.copy_(codes_of(latents.permute(0, 2, 3, 1), 8192))
    w.export(Encoder(model), x, IMAGE)
    w.tensor("codebook.npy", model.quantize.embedding.weight)
    ids = model.quantize(latents)[2][2].reshape(latents.shape[2:])
    w.finish(image_manifest(w.name, 128, 8192, 32), latents[0], ids)


def chameleon(root):
    from transformers import ChameleonVQVAEConfig
    from transformers.models.chameleon.modeling_chameleon import ChameleonVQVAE

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model.quant_conv(self.model.encoder(signal))

    w = Witness(root, "chameleon-vqvae")
    model = ChameleonVQVAE(ChameleonVQVAEConfig(resolution=256, base_channels=64)).eval()
    x = w.picture(256)
    encoder = Encoder(model)
    latents = encoder(x).permute(0, 2, 3, 1)
    model.quantize.embedding.weight.copy_(codes_of(latents, 8192))
    w.export(encoder, x, IMAGE)
    w.tensor("codebook.npy", model.quantize.embedding.weight)
    ids = model.encode(x).image_tokens.reshape(latents.shape[1:3])
    w.finish(image_manifest(w.name, 256, 8192, 16), encoder(x)[0], ids)


def main():
    root = pathlib.Path(sys.argv[1])
    every = (encodec, speechtokenizer, dac, mimi, vqmodel, chameleon)
    for make in every:
        if len(sys.argv) == 2 or make.__name__ in sys.argv[2:]:
            with torch.no_grad():
                make(root)


if __name__ == "__main__":
    main()
