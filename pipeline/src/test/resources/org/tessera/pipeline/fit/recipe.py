"""Makes pca.npz: 300 correlated rows of 6 dimensions and their principal axes.

NumPy 2.4; run in this folder. Signs: the component of largest absolute value is positive.
"""
import numpy as np

rng = np.random.default_rng(7)
rows = (rng.standard_normal((300, 6)) * [4, 3, 2, 1, 0.5, 0.1]) @ rng.standard_normal((6, 6)) + 5
rows = rows.astype(np.float32)
values, vectors = np.linalg.eigh(np.cov(rows.astype(np.float64).T, bias=True))
order = np.argsort(values)[::-1]
values, vectors = values[order], vectors[:, order]
largest = np.abs(vectors).argmax(axis=0)
vectors *= np.sign(vectors[largest, np.arange(6)])
kept = ((rows - rows.mean(axis=0, dtype=np.float64)) @ vectors[:, :3]).astype(np.float32)
np.savez("pca.npz", rows=rows, axes=vectors.T.astype(np.float32), kept=kept,
         variances=values.astype(np.float32))
