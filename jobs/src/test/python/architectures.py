"""Makes published tokenizers with seeded random weights, and their own ids of real files.

For each system a folder: the files (raw/), the encoder as ONNX up to its latents, the quantizer's
tensors, the manifest, and of every file the signal that the package's encoder was given (what it was
given beside that in inputs/), its latents and its ids; for EnCodec, SpeechTokenizer and WavTokenizer
those of the same weights in 64 bits, too (exact/).
ArchitectureWitnessIT wraps each by `bundle create`, runs the main job over the files, and compares.
A user with trained weights does the same with them.

    python architectures.py SHARED FOLDER [SYSTEM...]
    mvn -pl jobs -am test -Dtest=ArchitectureWitnessIT -Dtessera.witnesses=FOLDER ...

SHARED is the folder that holds corpus/. Sounds are made mono, resampled by torchaudio's transform,
as encodec.utils.convert_audio does (its function computes its taps in 32 bits, which moves a signal
by 6e-6 of its peak); for DAC, Mimi, SNAC and X-Codec they are filled up with zeros to whole hops, as
these packages (for Mimi its authors' own, moshi) and the templates do. Photographs are resized and
cropped by Pillow.

Made with PyTorch 2.15.0, torchaudio 2.11.0, transformers 5.24.0, diffusers 0.42.1, encodec 0.1.1,
speechtokenizer 1.0.1, s3tokenizer 0.3.0, snac 1.2.1, xcodec2 0.1.5 (with vector_quantize_pytorch
1.17.8 and torchtune 0.6.1, whose other requirements are not needed), onnx 1.23.2, soundfile 0.14.0,
Pillow 13.0.0 (all from PyPI, on a CPU).
"""
import copy
import json
import pathlib
import shutil
import sys
import zlib
from unittest import mock

import numpy as np
import torch

torch.version.cuda = None  # torchaudio refuses another CUDA than PyTorch's; neither is used here

SOUNDS = ("lhotse/libri-1088-134315-0000.wav", "lhotse/2412-153948-0001.flac",
          "lhotse/LJ002-0020.wav", "lyra/sample1_48kHz.wav")
RECORDINGS = 60
PHOTOGRAPHS = 12
TEMPLATES = pathlib.Path(__file__).parents[4] / "conf" / "systems"


class Witness:
    """One system's folder."""

    def __init__(self, roots, name):
        self.corpus = roots[0] / "corpus"
        self.folder = roots[1] / name
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ("raw", "signals", "latents", "ids"):
            (self.folder / part).mkdir(parents=True)
        self.name = name
        self.archives = {}
        torch.manual_seed(zlib.crc32(name.encode()))

    def take(self, path):
        shutil.copy(path, self.folder / "raw")
        return path.name

    def sounds(self, rate, hop):
        """Mono sounds at the model's rate in whole hops, by file name; the longest comes first."""
        import soundfile
        import torchaudio

        found = {}
        audio = self.corpus / "audio"
        more = sorted((audio / "picovoice").glob("*.flac"))[:RECORDINGS]
        for path in [audio / sound for sound in SOUNDS] + more:
            samples, own = soundfile.read(path, dtype="float32", always_2d=True)
            x = torch.from_numpy(samples.mean(1, dtype="float32")).reshape(1, 1, -1)
            x = torchaudio.transforms.Resample(own, rate)(x)
            found[self.take(path)] = torch.nn.functional.pad(x, (0, -x.shape[-1] % hop))
        return found

    def photographs(self, size):
        """The middle of photographs, values from -1 to 1, by file name."""
        from PIL import Image

        found = {}
        for path in sorted((self.corpus / "images" / "clothing").glob("*.jpg"))[:PHOTOGRAPHS]:
            image = Image.open(path).convert("RGB")
            w, h = image.size
            short = min(w, h)
            w, h = int(size * w / short), int(size * h / short)
            image = image.resize((w, h), Image.BICUBIC)
            left, top = round((w - size) / 2), round((h - size) / 2)
            pixels = np.asarray(image.crop((left, top, left + size, top + size)), "f4")
            unit = torch.from_numpy(pixels / np.float32(255))
            found[self.take(path)] = ((unit - 0.5) / 0.5).permute(2, 0, 1).unsqueeze(0)
        return found

    def tensor(self, name, value):
        """A tensor of the quantizer, FILE.npy or FILE.npz:NAME."""
        value = value.detach().numpy().astype("<f4")
        file, _, entry = name.partition(":")
        if entry:
            self.archives.setdefault(file, {})[entry] = value
        else:
            np.save(self.folder / file, value)

    def export(self, encoder, example, axes):
        """As ONNX for any length."""
        encoder.eval()
        torch.onnx.export(
            encoder, (example,), str(self.folder / "encoder.onnx"), input_names=["signal"],
            output_names=["latents"], opset_version=17, dynamo=False,
            dynamic_axes={"signal": axes[0], "latents": axes[1]})

    def finish(self, manifest, model, encoder, encode, inputs, exact=False):
        """encoder: of the model, to [1, channel, positions...]; none where it is exported up to its ids.

        encode: by the model, to the package's ids, in the layout's order. exact: in 64 bits, too.
        """
        for file, entries in self.archives.items():
            np.savez(self.folder / file, **entries)
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=2))
        total, used = 0, set()
        for name, x in inputs.items():
            self.save("signals", name, x[0], "<f4")
            if encoder:
                self.save("latents", name, encoder(model)(x)[0].movedim(0, -1), "<f4")
            ids = self.save("ids", name, encode(model, x), "<i4")
            total += ids.size
            used.update(np.unique(ids).tolist())
        print(self.name, total, "ids,", len(used), "codes in use")
        if exact:
            (self.folder / "exact" / "latents").mkdir(parents=True)
            (self.folder / "exact" / "ids").mkdir()
            wide = copy.deepcopy(model).double()
            for name, x in inputs.items():
                latents = encoder(wide)(x.double())[0].movedim(0, -1)
                self.save("exact/latents", name, latents, "<f4")
                self.save("exact/ids", name, encode(wide, x.double()), "<i4")

    def save(self, part, name, tensor, kind):
        array = np.ascontiguousarray(tensor.detach().numpy().astype(kind))
        np.save(self.folder / part / f"{name}.npy", array)
        return array

    def template(self):
        """The specification for `bundle create`."""
        return json.loads((TEMPLATES / f"{self.name}.json").read_text())


AUDIO = ({0: "batch", 2: "samples"}, {0: "batch", 2: "time"})
IMAGE = ({0: "batch"}, {0: "batch"})


def codes_of(latents, count, noise=0.5):
    """Codes near the latents, so that random weights use many of them: rows of latents and noise."""
    rows = latents.reshape(-1, latents.shape[-1])
    chosen = rows[torch.randint(len(rows), (count,))]
    return chosen + torch.randn_like(chosen) * rows.std(0) * noise


def levels_of(latents, count, levels):
    """As codes_of, for what is left level by level; a level leaves some two thirds, as trained ones do."""
    rest, books = latents.reshape(-1, latents.shape[-1]).clone(), []
    for _ in range(levels):
        books.append(codes_of(rest, count, 0.85))
        rest = rest - books[-1][torch.cdist(rest, books[-1]).argmin(1)]
    return books


def settle(encoder, x):
    """Starts convolutions as weight normalisation's authors do (Salimans and Kingma 2016, section 3).

    One pass gives each output channel mean 0 and deviation 1, as training would. As they come, the
    features hardly move around a large mean, and what is left of them is rounding noise: the package
    itself then gives other ids with another number of threads.
    """

    def start(conv, _, output):
        mean, deviation = output.mean((0, 2)), output.std((0, 2))
        if hasattr(conv, "parametrizations"):
            gain = conv.parametrizations.weight.original0
        else:
            gain = getattr(conv, "weight_g", conv.weight)
        gain.copy_(gain / deviation.reshape(-1, 1, 1))
        conv.bias.copy_((conv.bias - mean) / deviation)
        return (output - mean.reshape(1, -1, 1)) / deviation.reshape(1, -1, 1)

    convolutions = [layer for layer in encoder.modules() if isinstance(layer, torch.nn.Conv1d)]
    hooks = [conv.register_forward_hook(start) for conv in convolutions]
    encoder(x)
    for hook in hooks:
        hook.remove()


def first(inputs):
    return next(iter(inputs.values()))


def lacking(x, kernel_size, stride, padding_total=0):
    """What the last window of a convolution of SEANet lacks, computed by the graph.

    EnCodec and its relatives compute it in Python, so that tracing fixes it to that of the example.
    """
    return (kernel_size - padding_total - x.shape[-1]) % stride


def pad1d(x, paddings, mode="reflect", value=0.0):
    """Padding of SEANet, computed by the graph, also where there is less to reflect than is wanted."""
    assert mode == "reflect", mode
    most = torch.maximum(*(torch.as_tensor(padding) for padding in paddings))
    extra = torch.clamp(most + 1 - torch.as_tensor(x.shape[-1]), min=0)
    padded = torch.nn.functional.pad(x, (0, extra))
    padded = torch.nn.functional.pad(padded, paddings, mode, value)
    return padded[..., : padded.shape[-1] - extra]


def any_length(convolutions):
    """Lets a module of EnCodec's convolutions be traced for any length."""
    return mock.patch.multiple(
        convolutions, get_extra_padding_for_conv1d=lacking, pad1d=pad1d)


def encodec(roots):
    from encodec import EncodecModel
    from encodec.modules import conv

    w = Witness(roots, "encodec-24khz")
    model = EncodecModel.encodec_model_24khz(pretrained=False).eval()
    model.set_target_bandwidth(6.0)
    inputs = w.sounds(24000, 1)
    x = first(inputs)
    settle(model.encoder, x)
    layers = model.quantizer.vq.layers
    for layer, book in zip(layers, levels_of(model.encoder(x).transpose(1, 2), 1024, len(layers))):
        layer._codebook.embed.copy_(book)
        layer._codebook.inited.fill_(1)
    with any_length(conv):
        w.export(model.encoder, x, AUDIO)
    w.tensor("codebooks.npy", torch.stack([layer._codebook.embed for layer in layers]))
    w.finish(
        w.template(), model, lambda m: m.encoder, lambda m, x: m.encode(x)[0][0][0], inputs,
        exact=True)


def speechtokenizer(roots):
    from speechtokenizer import SpeechTokenizer
    from speechtokenizer.modules import conv

    w = Witness(roots, "speechtokenizer")
    model = SpeechTokenizer({
        "n_filters": 64, "strides": [8, 5, 4, 2], "dimension": 1024, "semantic_dimension": 768,
        "bidirectional": True, "dilation_base": 2, "residual_kernel_size": 3,
        "n_residual_layers": 1, "lstm_layers": 2, "activation": "ELU", "codebook_size": 1024,
        "n_q": 8, "sample_rate": 16000}).eval()
    inputs = w.sounds(16000, 1)
    x = first(inputs)
    settle(model.encoder, x)
    layers = model.quantizer.vq.layers
    for layer, book in zip(layers, levels_of(model.encoder(x).transpose(1, 2), 1024, len(layers))):
        layer._codebook.embed.copy_(book)
        layer._codebook.inited.fill_(1)
    with any_length(conv):
        w.export(model.encoder, x, AUDIO)
    w.tensor("codebooks.npy", torch.stack([layer._codebook.embed for layer in layers]))
    w.finish(
        w.template(), model, lambda m: m.encoder, lambda m, x: m.encode(x)[:, 0], inputs,
        exact=True)


def wavtokenizer(roots):
    from transformers.models.wavtokenizer.modeling_wavtokenizer import (
        WavTokenizerConv1d, WavTokenizerEncoderConfig, WavTokenizerEncoderModel)

    w = Witness(roots, "wavtokenizer")
    model = WavTokenizerEncoderModel(
        WavTokenizerEncoderConfig(upsampling_ratios=[8, 5, 4, 2])).eval()
    inputs = w.sounds(24000, 1)
    x = first(inputs)
    settle(model.encoder, x)
    latents = torch.cat([model.encoder(sound)[0].T for sound in inputs.values()])
    model.quantizer.codebook.embed.copy_(codes_of(latents, 4096))
    with mock.patch.object(WavTokenizerConv1d, "_pad1d", staticmethod(pad1d)):
        w.export(model.encoder, x, AUDIO)
    w.tensor("codebook.npy", model.quantizer.codebook.embed)
    w.finish(
        w.template(), model, lambda m: m.encoder, lambda m, x: m.encode(x).audio_codes[0, 0],
        inputs, exact=True)


def dac(roots):
    from transformers import DacConfig, DacModel

    w = Witness(roots, "dac-44khz")
    model = DacModel(DacConfig(sampling_rate=44100, downsampling_ratios=[2, 4, 8, 8])).eval()
    inputs = w.sounds(44100, 512)
    x = first(inputs)
    rest = model.encoder(x)
    for i, quantizer in enumerate(model.quantizer.quantizers):
        for projection in (quantizer.in_proj, quantizer.out_proj):
            torch.nn.init.normal_(projection.weight, std=projection.weight.shape[1] ** -0.5)
            torch.nn.init.zeros_(projection.bias)
        # Mean 0 and deviation 1, for the same reason as in settle: only directions are compared.
        projected = quantizer.in_proj(rest)[0]
        quantizer.in_proj.weight.copy_(
            quantizer.in_proj.weight / projected.std(1).reshape(-1, 1, 1))
        quantizer.in_proj.bias.copy_(-projected.mean(1) / projected.std(1))
        quantizer.codebook.weight.copy_(codes_of(quantizer.in_proj(rest).transpose(1, 2), 1024))
        rest = rest - quantizer(rest)[0]
        for name, projection in (("in", quantizer.in_proj), ("out", quantizer.out_proj)):
            w.tensor(f"level{i}.npz:project_{name}", projection.weight[:, :, 0])
            w.tensor(f"level{i}.npz:project_{name}_bias", projection.bias)
        w.tensor(f"level{i}.npz:codebook", quantizer.codebook.weight)
    w.export(model.encoder, x, AUDIO)
    w.finish(
        w.template(), model, lambda m: m.encoder, lambda m, x: m.encode(x).audio_codes[0], inputs)


def mimi(roots):
    from transformers import MimiConfig, MimiModel, masking_utils

    # One sequence a row: the search for packed ones has no ONNX form.
    masking_utils.find_packed_sequence_indices = lambda position_ids: None

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model.encoder(signal, use_streaming=False)[0]

    w = Witness(roots, "mimi")
    model = MimiModel(MimiConfig(num_quantizers=32)).eval()
    inputs = w.sounds(24000, 1920)
    x = first(inputs)
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
    w.finish(
        w.template(), model, Encoder,
        lambda m, x: m.encode(x, num_quantizers=8).audio_codes[0], inputs)


def s3(roots):
    import s3tokenizer
    from s3tokenizer import model_v2

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.encoder = model.encoder
            self.project_down = model.quantizer._codebook.project_down

        def forward(self, mel, mel_len):
            return self.project_down(self.encoder(mel, mel_len)[0])

    def frames(mel):
        return torch.tensor([mel.shape[-1]], dtype=torch.int32)

    w = Witness(roots, "s3tokenizer-v2")
    model = model_v2.S3TokenizerV2("speech_tokenizer_v2_25hz").eval()
    inputs = {name: s3tokenizer.log_mel_spectrogram(x[0, 0])[None]
              for name, x in w.sounds(16000, 1).items()}
    x = first(inputs)
    encoder = Encoder(model)
    # Mean 0 and deviation 1 of each feature, which then takes all three values.
    features = encoder(x, frames(x))
    projection = encoder.project_down
    projection.weight.copy_(projection.weight / features.std((0, 1)).reshape(-1, 1))
    projection.bias.copy_((projection.bias - features.mean((0, 1))) / features.std((0, 1)))
    ids = {name: model.quantize(x, frames(x))[0][0] for name, x in inputs.items()}
    # ONNX has no complex numbers: the same rotations as pairs of real ones.
    model.encoder.freqs_cis = torch.view_as_real(model.encoder.freqs_cis)
    as_real = torch.view_as_real
    torch.view_as_real = lambda x: x if not torch.is_complex(x) else as_real(x)
    torch.onnx.export(
        encoder, (x, frames(x)), str(w.folder / "encoder.onnx"), input_names=["mel", "mel_len"],
        output_names=["latents"], opset_version=17, dynamo=False,
        dynamic_axes={"mel": {0: "batch", 2: "frames"}, "mel_len": {0: "batch"},
                      "latents": {0: "batch", 1: "time"}})
    names = {id(x): name for name, x in inputs.items()}
    w.finish(
        w.template(), model,
        lambda m: lambda x: Encoder(m)(x, frames(x)).transpose(1, 2),
        lambda m, x: ids[names[id(x)]], inputs)


def snac(roots):
    from snac import SNAC, layers

    # As it is, compiled, but for a reshape that tracing would fix to one length.
    layers.snake = lambda x, alpha: x + (alpha + 1e-9).reciprocal() * torch.sin(alpha * x).pow(2)

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return tuple(self.model.quantizer(self.model.encoder(signal))[1])

    w = Witness(roots, "snac-24khz")
    model = SNAC(
        sampling_rate=24000, encoder_dim=48, encoder_rates=[2, 4, 8, 8], decoder_dim=1024,
        decoder_rates=[8, 8, 4, 2], attn_window_size=None, codebook_size=4096, codebook_dim=8,
        vq_strides=[4, 2, 1], noise=True, depthwise=True).eval()
    inputs = w.sounds(24000, 2048)
    x = first(inputs)
    settle(model.encoder, x)
    rest = model.encoder(x)
    for quantizer in model.quantizer.quantizers:
        pooled = torch.nn.functional.avg_pool1d(rest, quantizer.stride, quantizer.stride)
        projected = quantizer.in_proj(pooled)[0]
        gain = quantizer.in_proj.parametrizations.weight.original0
        gain.copy_(gain / projected.std(1).reshape(-1, 1, 1))
        quantizer.in_proj.bias.copy_(
            (quantizer.in_proj.bias - projected.mean(1)) / projected.std(1))
        quantizer.codebook.weight.copy_(
            codes_of(quantizer.in_proj(pooled).transpose(1, 2), 4096))
        rest = rest - quantizer(rest)[0]
    torch.onnx.export(
        Encoder(model), (x,), str(w.folder / "encoder.onnx"), input_names=["input_values"],
        output_names=[f"audio_codes.{i}" for i in range(3)], opset_version=17, dynamo=False,
        dynamic_axes={"input_values": {0: "batch", 2: "samples"},
                      **{f"audio_codes.{i}": {0: "batch", 1: f"positions{i}"} for i in range(3)}})
    w.finish(
        w.template(), model, None,
        lambda m, x: torch.cat([level[0].reshape(-1, each) for level, each in
                                zip(m.encode(x), (1, 2, 4))], 1), inputs)


def xcodec2(roots):
    import importlib.util
    import transformers

    # Of torchtune only this file is used; the rest of it is for another PyTorch.
    tune = pathlib.Path(importlib.util.find_spec("torchtune").origin).parent
    spec = importlib.util.spec_from_file_location(
        "torchtune.modules", tune / "modules" / "position_embeddings.py")
    sys.modules["torchtune.modules"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["torchtune.modules"])
    # The layers of w2v-BERT 2.0 up to the one that is used, and its extractor's settings.
    semantic = transformers.Wav2Vec2BertModel(transformers.Wav2Vec2BertConfig(
        num_hidden_layers=16, output_hidden_states=True, attn_implementation="eager"))
    extractor = transformers.SeamlessM4TFeatureExtractor(padding_value=1)
    with mock.patch.object(transformers.Wav2Vec2BertModel, "from_pretrained", lambda *_, **__: semantic), \
            mock.patch.object(transformers.AutoFeatureExtractor, "from_pretrained", lambda *_: extractor):
        from xcodec2.modeling_xcodec2 import BigCodecConfig, XCodec2Model
        from xcodec2.vq.alias_free_torch import filter, resample
        model = XCodec2Model(BigCodecConfig()).eval()

    # As they are, but with the number of channels as a number, which tracing would make a tensor of.
    def upsample(m, x):
        x = torch.nn.functional.pad(x, (m.pad, m.pad), mode="replicate")
        x = m.ratio * torch.nn.functional.conv_transpose1d(
            x, m.filter.expand(int(x.shape[1]), -1, -1), stride=m.stride, groups=int(x.shape[1]))
        return x[..., m.pad_left : -m.pad_right]

    def lowpass(m, x):
        x = torch.nn.functional.pad(x, (m.pad_left, m.pad_right), mode=m.padding_mode)
        return torch.nn.functional.conv1d(
            x, m.filter.expand(int(x.shape[1]), -1, -1), stride=m.stride, groups=int(x.shape[1]))

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal, fbank):
            m = self.model
            heard = m.semantic_model(fbank).hidden_states[16].transpose(1, 2)
            both = torch.cat([m.SemanticEncoder_module(heard), m.CodecEnc(signal).transpose(1, 2)], 1)
            quantizer = m.generator.quantizer
            return quantizer.layers[0].bound(quantizer.project_in(m.fc_prior(both.transpose(1, 2))))

    def features(x):
        padded = torch.nn.functional.pad(x[0, 0], (160, 160))
        return extractor(padded, sampling_rate=16000, return_tensors="pt").input_features

    w = Witness(roots, "xcodec2")
    sounds = w.sounds(16000, 1)
    inputs = {name: torch.nn.functional.pad(x, (0, 320 - x.shape[-1] % 320))
              for name, x in sounds.items()}
    x = first(inputs)
    encoder = Encoder(model).eval()
    settle(model.CodecEnc, x)
    # Mean 0 and deviation 1 of each feature, which then takes all four values.
    projection = model.generator.quantizer.project_in
    with mock.patch.object(type(model.generator.quantizer.layers[0]), "bound", lambda _, z: z):
        found = encoder(x, features(x))
    projection.weight.copy_(projection.weight / found.std((0, 1)).reshape(-1, 1))
    projection.bias.copy_((projection.bias - found.mean((0, 1))) / found.std((0, 1)))
    with mock.patch.object(resample.UpSample1d, "forward", upsample), \
            mock.patch.object(filter.LowPassFilter1d, "forward", lowpass):
        torch.onnx.export(
            encoder, (x, features(x)), str(w.folder / "encoder.onnx"),
            input_names=["signal", "fbank"], output_names=["latents"], opset_version=17, dynamo=False,
            dynamic_axes={"signal": {0: "batch", 2: "samples"}, "fbank": {0: "batch", 1: "frames"},
                          "latents": {0: "batch", 1: "time"}})
    names = {id(x): name for name, x in inputs.items()}
    (w.folder / "inputs" / "fbank").mkdir(parents=True)
    for name, x in inputs.items():
        w.save("inputs/fbank", name, features(x)[0], "<f4")
    w.finish(
        w.template(), model, lambda m: lambda x: encoder(x, features(x)).transpose(1, 2),
        lambda m, x: m.encode_code(sounds[names[id(x)]][0])[0, 0], inputs)


def xcodec(roots):
    from transformers import XcodecConfig, XcodecModel

    class Semantic(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model._extract_semantic_features(signal)

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal, hidden):
            # The package fills up the signal where both differ in length, which whole hops do not.
            heard = self.model.encoder_semantic(hidden.transpose(1, 2))
            both = torch.cat([self.model.acoustic_encoder(signal), heard], 1)
            return self.model.fc(both.transpose(1, 2)).transpose(1, 2)

    w = Witness(roots, "xcodec")
    model = XcodecModel(XcodecConfig()).eval()
    inputs = w.sounds(16000, 320)
    x = first(inputs)
    semantic, encoder = Semantic(model).eval(), Encoder(model).eval()
    settle(model.acoustic_encoder, x)
    latents = encoder(x, semantic(x))
    model.fc.weight.copy_(model.fc.weight / latents.std((0, 2)).reshape(-1, 1))
    model.fc.bias.copy_((model.fc.bias - latents.mean((0, 2))) / latents.std((0, 2)))
    layers = model.quantizer.quantizers
    latents = encoder(x, semantic(x)).transpose(1, 2)
    for layer, book in zip(layers, levels_of(latents, 1024, len(layers))):
        layer.codebook.embed.copy_(book)
    torch.onnx.export(
        semantic, (x,), str(w.folder / "semantic.onnx"), input_names=["signal"],
        output_names=["hidden"], opset_version=17, dynamo=False,
        dynamic_axes={"signal": AUDIO[0], "hidden": {0: "batch", 1: "time"}})
    torch.onnx.export(
        encoder, (x, semantic(x)), str(w.folder / "encoder.onnx"),
        input_names=["signal", "hidden"], output_names=["latents"], opset_version=17, dynamo=False,
        dynamic_axes={"signal": AUDIO[0], "hidden": {0: "batch", 1: "time"}, "latents": AUDIO[1]})
    w.tensor("codebooks.npy", torch.stack([layer.codebook.embed for layer in layers]))
    w.finish(
        w.template(), model, lambda m: lambda x: encoder(x, semantic(x)),
        lambda m, x: m.encode(x).audio_codes[0], inputs)


def image_manifest(name, size, codes, grid):
    return {
        "name": name, "version": "1", "modality": "image",
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
        "licence": "", "source": "random weights"}


def vqmodel(roots):
    from diffusers import VQModel

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model.quant_conv(self.model.encoder(signal))

    w = Witness(roots, "diffusers-vqmodel")
    model = VQModel(
        block_out_channels=(128, 256, 512), down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3, latent_channels=64, vq_embed_dim=64,
        num_vq_embeddings=8192, layers_per_block=1).eval()
    inputs = w.photographs(128)
    x = first(inputs)
    latents = torch.cat([model.encode(image).latents for image in inputs.values()])
    model.quantize.embedding.weight.copy_(codes_of(latents.permute(0, 2, 3, 1), 8192))
    w.export(Encoder(model), x, IMAGE)
    w.tensor("codebook.npy", model.quantize.embedding.weight)

    def encode(m, x):
        latents = m.encode(x).latents
        return m.quantize(latents)[2][2].reshape(latents.shape[2:])

    w.finish(image_manifest(w.name, 128, 8192, 32), model, Encoder, encode, inputs)


def chameleon(roots):
    from transformers import ChameleonVQVAEConfig
    from transformers.models.chameleon.modeling_chameleon import ChameleonVQVAE

    class Encoder(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, signal):
            return self.model.quant_conv(self.model.encoder(signal))

    w = Witness(roots, "chameleon-vqvae")
    model = ChameleonVQVAE(ChameleonVQVAEConfig(resolution=256, base_channels=64)).eval()
    inputs = w.photographs(256)
    x = first(inputs)
    encoder = Encoder(model)
    latents = torch.cat([encoder(image) for image in inputs.values()]).permute(0, 2, 3, 1)
    model.quantize.embedding.weight.copy_(codes_of(latents, 8192))
    w.export(encoder, x, IMAGE)
    w.tensor("codebook.npy", model.quantize.embedding.weight)
    w.finish(
        image_manifest(w.name, 256, 8192, 16), model, Encoder,
        lambda m, x: m.encode(x).image_tokens.reshape(latents.shape[1:3]), inputs)


def main():
    roots = [pathlib.Path(root) for root in sys.argv[1:3]]
    every = (encodec, speechtokenizer, wavtokenizer, dac, mimi, s3, snac, xcodec2, xcodec, vqmodel, chameleon)
    for make in every:
        if len(sys.argv) == 3 or make.__name__ in sys.argv[3:]:
            with torch.no_grad():
                make(roots)


if __name__ == "__main__":
    main()
