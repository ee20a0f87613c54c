"""Makes the .npz files beside it: ids and vectors of other people's implementations.

Made with vector-quantize-pytorch 1.32.0, PyTorch 2.15.0 (CPU), SciPy 1.17.1 and NumPy 2.4.6.
The multi-scale case follows VAR's published VectorQuantizer2 with PyTorch's own resampling.
"""
import numpy as np
import torch
import torch.nn.functional as F
from scipy.interpolate import BSpline
from scipy.stats import norm
from vector_quantize_pytorch import (
    FSQ,
    LFQ,
    GroupedResidualVQ,
    RandomProjectionQuantizer,
    ResidualVQ,
    SimVQ,
    VectorQuantize,
)

torch.manual_seed(7)
torch.set_num_threads(1)


def save(name, **arrays):
    converted = {}
    for key, value in arrays.items():
        value = value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
        converted[key] = value.astype("<i4" if value.dtype.kind in "iu" else "<f4")
    np.savez_compressed(name, **converted)


@torch.no_grad()
def main():
    x = torch.randn(1, 300, 16)

    vq = VectorQuantize(dim=16, codebook_size=256).eval()
    vq._codebook.embed.copy_(torch.randn(1, 256, 16))
    quantized, ids, _ = vq(x)
    save("vq_euclidean", x=x[0], codebook=vq._codebook.embed[0], ids=ids[0], vectors=quantized[0])

    cosine = VectorQuantize(dim=16, codebook_size=256, use_cosine_sim=True).eval()
    quantized, ids, _ = cosine(x)
    save("vq_cosine", x=x[0], codebook=cosine._codebook.embed[0], ids=ids[0], vectors=quantized[0])

    sim = SimVQ(dim=16, codebook_size=200).eval()
    quantized, ids, _ = sim(x)
    save("simvq", x=x[0], codebook=sim.codebook, ids=ids[0], vectors=quantized[0])

    residual = ResidualVQ(dim=16, num_quantizers=4, codebook_size=128).eval()
    for level, layer in enumerate(residual.layers):
        layer._codebook.embed.copy_(torch.randn(1, 128, 16) * 0.7**level)
    quantized, ids, _ = residual(x)
    books = torch.stack([layer._codebook.embed[0] for layer in residual.layers])
    save("residual", x=x[0], codebooks=books, ids=ids[0], vectors=quantized[0])

    grouped = GroupedResidualVQ(dim=16, groups=2, num_quantizers=3, codebook_size=64).eval()
    for rvq in grouped.rvqs:
        for level, layer in enumerate(rvq.layers):
            layer._codebook.embed.copy_(torch.randn(1, 64, 8) * 0.7**level)
    quantized, ids, _ = grouped(x)
    books = torch.stack(
        [torch.stack([layer._codebook.embed[0] for layer in rvq.layers]) for rvq in grouped.rvqs]
    )
    save(
        "grouped_residual",
        x=x[0],
        first=books[0],
        second=books[1],
        ids=ids[:, 0].permute(1, 0, 2).reshape(300, 6),
        vectors=quantized[0],
    )

    for name, levels in (("fsq_even", [8, 8, 8, 5, 5, 5]), ("fsq_small", [4, 4, 3])):
        wide = torch.randn(1, 300, len(levels)) * 1.5
        quantized, ids = FSQ(levels).eval()(wide)
        save(name, x=wide[0], levels=levels, ids=ids[0], vectors=quantized[0])

    bits = torch.randn(1, 300, 12)
    quantized, ids, _ = LFQ(codebook_size=2**12, dim=12).eval()(bits)
    save("lfq_big", x=bits[0], ids=ids[0], vectors=quantized[0])
    quantized, ids, _ = LFQ(codebook_size=2**12, dim=12, spherical=True).eval()(bits)
    save("bsq_big", x=bits[0], ids=ids[0], vectors=quantized[0])

    random = RandomProjectionQuantizer(dim=24, codebook_size=512, codebook_dim=16).eval()
    y = torch.randn(1, 300, 24)
    save(
        "random_projection",
        x=random.norm(y)[0],
        projection=random.rand_projs[0].T,
        codebook=random.vq._codebook.embed[0],
        ids=random(y)[0],
    )

    multi_scale()
    normal_bins()
    spline()
    for length, small in ((16, 5), (8, 3), (7, 7), (10, 1)):
        eye = torch.eye(length).reshape(1, length, length, 1)
        area = F.interpolate(eye, size=(small, 1), mode="area")[0, :, :, 0].T
        back = torch.eye(small).reshape(1, small, small, 1)
        cubic = F.interpolate(back, size=(length, 1), mode="bicubic")[0, :, :, 0].T
        save(f"resample_{length}_{small}", area=area, bicubic=cubic)


def multi_scale():
    size, channels, codes, scales = 8, 6, 128, [1, 2, 3, 4, 6, 8]
    f = torch.randn(3, channels, size, size)
    embedding = torch.randn(codes, channels)
    convolutions = [torch.nn.Conv2d(channels, channels, 3, padding=1) for _ in range(4)]
    ticks = np.linspace(1 / 3 / 4, 1 - 1 / 3 / 4, 4)
    rest, hat, all_ids, index, errors = f.clone(), torch.zeros_like(f), [], [], []
    for s, p in enumerate(scales):
        last = s == len(scales) - 1
        z = rest if last else F.interpolate(rest, size=(p, p), mode="area")
        z = z.permute(0, 2, 3, 1).reshape(-1, channels)
        distance = z.square().sum(1, keepdim=True) + embedding.square().sum(1)
        distance.addmm_(z, embedding.T, alpha=-2, beta=1)
        ids = distance.argmin(1)
        h = embedding[ids].reshape(3, p, p, channels).permute(0, 3, 1, 2)
        h = h.contiguous() if last else F.interpolate(h, size=(size, size), mode="bicubic")
        index.append(int(np.argmin(np.abs(ticks - s / (len(scales) - 1)))))
        h = 0.5 * h + 0.5 * convolutions[index[-1]](h)
        rest, hat = rest - h, hat + h
        all_ids.append(ids.reshape(3, p * p))
        errors.append(rest.square().mean((1, 2, 3)))
    weights = {f"phi{i}": c.weight for i, c in enumerate(convolutions)}
    weights |= {f"bias{i}": c.bias for i, c in enumerate(convolutions)}
    save(
        "multi_scale",
        x=f.permute(0, 2, 3, 1),
        codebook=embedding,
        scales=scales,
        phi_index=index,
        ids=torch.cat(all_ids, 1),
        errors=torch.stack(errors, 1),
        vectors=hat.permute(0, 2, 3, 1),
        **weights,
    )


def normal_bins():
    for levels in (64, 33):
        t = norm.ppf(np.arange(levels + 1) / levels).clip(-3, 3)
        r = (norm.pdf(t[:-1]) - norm.pdf(t[1:])) / (norm.cdf(t[1:]) - norm.cdf(t[:-1]))
        x = torch.randn(300, 4) * 8
        xn = ((x * 0.2325 + 5) / 10 * 6 - 3).clamp(-3, 3)
        ids = (xn.unsqueeze(-1) - torch.tensor(r, dtype=torch.float32)).abs().argmin(-1)
        save(f"normal_bins_{levels}", x=x, ids=ids, values=r)


def spline():
    steps, basis, degree, freedoms = 50, 10, 4, 3
    inner = np.linspace(0, 1, basis - degree + 1)
    knots = np.concatenate([np.zeros(degree), inner, np.ones(degree)])
    phi = BSpline.design_matrix(np.linspace(0, 1, steps), knots, degree).toarray()
    time = np.linspace(0, 1, steps)[:, None]
    rng = np.random.default_rng(3)
    y = np.stack(
        [np.sin(2 * np.pi * (time * rng.uniform(0.2, 2, freedoms) + rng.uniform(0, 1, freedoms)))
         for _ in range(40)]
    ).astype("f4")
    fit = np.linalg.solve(phi.T @ phi + 1e-9 * np.eye(basis), phi.T)
    weights = np.einsum("bt,ntf->nbf", fit, y)
    low, high = weights.min(0), weights.max(0)
    low, high = low.astype("f4"), high.astype("f4")
    unit = ((weights - low) / (high - low)).clip(0, 1)
    save("spline", x=y, low=low, high=high, ids=np.rint(unit * 255).astype("i4").reshape(40, -1))


if __name__ == "__main__":
    main()
