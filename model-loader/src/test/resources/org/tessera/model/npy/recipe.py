"""Makes the .npy and .npz files beside it. Made with NumPy 2.4.6."""
import numpy as np

np.save("float32.npy", np.array([[1.5, -2.25, 0.0], [3.0e38, -1.0e-45, 0.1]], "<f4"))
np.save("float64_fortran.npy", np.asfortranarray(np.arange(24, dtype="<f8").reshape(2, 3, 4) / 7))
np.save("int16_big_endian.npy", np.array([1, -2, 32767, -32768], ">i2"))
np.save("uint32.npy", np.array([[0], [4294967295]], "<u4"))
np.save("int64_scalar.npy", np.array(-9007199254740993, "<i8"))
np.save("bool.npy", np.array([True, False, True]))
np.save(
    "float16.npy",
    np.array([0.0, -0.0, 1.0, -2.5, 65504.0, 6.0e-8, 1.0 / 3.0, np.inf, 6.104e-05], "<f2"),
)
np.save("object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save("structured.npy", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]))
with open("version3.npy", "wb") as out:
    np.lib.format.write_array(out, np.arange(3, dtype="<i4"), version=(3, 0))
np.savez("two.npz", first=np.arange(6, dtype="<i4").reshape(2, 3), second=np.float32([0.5]))
np.savez_compressed("compressed.npz", zeros=np.zeros((100, 10), "<f4"))
