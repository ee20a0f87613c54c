package org.tessera.model.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against files that NumPy wrote; the recipe is beside them. */
class NpyTest {
  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = NpyTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static NpyArray read(String name) throws IOException {
    return Npy.read(new ByteArrayInputStream(bytes(name)), name);
  }

  @Test
  void readsEveryTypeAndOrder() throws IOException {
    assertThat(read("float32.npy").toFloatTensor())
        .isEqualTo(FloatTensor.of(new float[] {1.5f, -2.25f, 0, 3e38f, -1e-45f, 0.1f}, 2, 3));
    double[] sevenths = read("float64_fortran.npy").toDoubles();
    for (int i = 0; i < 24; i++) {
      assertThat(sevenths[i]).isEqualTo(i / 7.0);
    }
    assertThat(read("float64_fortran.npy").shape()).containsExactly(2, 3, 4);
    assertThat(read("int16_big_endian.npy").toInts()).containsExactly(1, -2, 32767, -32768);
    assertThat(read("uint32.npy").toLongs()).containsExactly(0, 4294967295L);
    assertThat(read("int64_scalar.npy").toLongs()).containsExactly(-9007199254740993L);
    assertThat(read("int64_scalar.npy").shape()).isEmpty();
    assertThat(read("bool.npy").toInts()).containsExactly(1, 0, 1);
    assertThat(read("version3.npy").toInts()).containsExactly(0, 1, 2);
    assertThat(read("float16.npy").toFloatTensor().values())
        .containsExactly(
            0f,
            -0f,
            1f,
            -2.5f,
            65504f,
            0x1p-24f,
            0.333251953125f,
            Float.POSITIVE_INFINITY,
            0x1p-14f);
  }

  @Test
  void refusesValuesThatDoNotFit() {
    assertThatThrownBy(() -> read("uint32.npy").toInts()).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> read("float32.npy").toInts())
        .hasMessage("Cannot read FLOAT32 as whole numbers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"float32.npy", "uint32.npy", "int64_scalar.npy", "bool.npy", "float16.npy"})
  void writesTheBytesOfNumPy(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, read(name));
    assertThat(out.toByteArray()).isEqualTo(bytes(name));
  }

  @Test
  void neverReadsObjects() {
    assertThatThrownBy(() -> read("object.npy"))
        .isInstanceOf(NpyException.class)
        .hasMessage(
            "Cannot read object.npy: its elements are '|O' (only plain numbers are read, never"
                + " objects; save it as float32 or int32)");
    assertThatThrownBy(() -> read("structured.npy"))
        .isInstanceOf(NpyException.class)
        .hasMessageContaining("Cannot read structured.npy: its header is not NumPy's: {'descr': [");
  }

  @Test
  void refusesDamagedFiles() throws IOException {
    byte[] good = bytes("float32.npy");
    assertThatThrownBy(() -> damaged(Arrays.copyOf(good, good.length - 1)))
        .hasMessage("Cannot read x: it ends before its 6 elements (copy it again)");
    assertThatThrownBy(() -> damaged(Arrays.copyOf(good, good.length + 1)))
        .hasMessage("Cannot read x: bytes follow the data (write it again)");
    assertThatThrownBy(() -> damaged(Arrays.copyOf(good, 40)))
        .hasMessage("Cannot read x: it ends inside its header");
    assertThatThrownBy(() -> damaged("not numpy".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("Cannot read x: it does not start as a .npy file (write it with numpy.save)");
    byte[] version = good.clone();
    version[6] = 9;
    assertThatThrownBy(() -> damaged(version))
        .hasMessage("Cannot read x: .npy version 9 (versions 1 to 3 are read)");
    assertThatThrownBy(() -> damaged(header("(999999999, 999999999)")))
        .hasMessageContaining("Cannot read x: more than 2^31 elements");
    assertThatThrownBy(() -> damaged(header("(500000000,)")))
        .hasMessage("Cannot read x: it ends before its 500000000 elements (copy it again)");
    assertThatThrownBy(() -> damaged(header("(-1,)"))).hasMessageContaining("not NumPy's");
  }

  private static void damaged(byte[] bytes) throws IOException {
    Npy.read(new ByteArrayInputStream(bytes), "x");
  }

  /** A file of zero bytes of data whose header promises a shape. */
  private static byte[] header(String shape) {
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length(), 0};
    byte[] all = Arrays.copyOf(start, start.length + text.length());
    System.arraycopy(
        text.getBytes(StandardCharsets.ISO_8859_1), 0, all, start.length, text.length());
    return all;
  }

  @Test
  void readsAndWritesArchives(@TempDir Path directory) throws IOException {
    Path two = Files.write(directory.resolve("two.npz"), bytes("two.npz"));
    assertThat(Npz.read(two).keySet()).containsExactly("first", "second");
    assertThat(Npz.read(two, "first").toInts()).containsExactly(0, 1, 2, 3, 4, 5);
    Path compressed = Files.write(directory.resolve("c.npz"), bytes("compressed.npz"));
    assertThat(Npz.read(compressed, "zeros").shape()).containsExactly(100, 10);
    Path copy = directory.resolve("copy.npz");
    Npz.write(copy, Npz.read(two));
    assertThat(Npz.read(copy, "second").toFloatTensor().values()).containsExactly(0.5f);
    Path again = directory.resolve("again.npz");
    Npz.write(again, new TreeMap<>(Npz.read(copy)));
    assertThat(again).hasSameBinaryContentAs(copy);
    assertThatThrownBy(() -> Npz.read(two, "frist"))
        .hasMessage("Cannot find array frist in " + two + " (did you mean first?)");
  }

  @Test
  void findsTensorsByName(@TempDir Path directory) throws IOException {
    Files.createDirectories(directory.resolve("codes"));
    Npy.write(directory.resolve("codes/a.npy"), NpyArray.of(new float[] {1, 2}, 2));
    Files.write(directory.resolve("two.npz"), bytes("two.npz"));
    Function<String, FloatTensor> tensors = TensorFiles.in(directory);
    assertThat(tensors.apply("codes/a.npy").values()).containsExactly(1, 2);
    assertThat(tensors.apply("two.npz:first").shape()).containsExactly(2, 3);
    assertThatThrownBy(() -> tensors.apply("../x.npy"))
        .hasMessage(
            "Cannot use tensor ../x.npy: it leads out of the bundle (name a file inside it)");
    assertThatThrownBy(() -> tensors.apply("b.npy"))
        .hasMessage("Cannot find tensor b.npy in " + directory + " (add the file)");
  }

  @Test
  void halvesRoundAsNumPyDoes() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float value = Float16.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(Float16.toBits(value)).isEqualTo((short) bits);
      }
    }
    assertThat(Float16.toBits(65519f)).isEqualTo((short) 0x7bff);
    assertThat(Float16.toBits(65520f)).isEqualTo((short) 0x7c00);
    assertThat(Float16.toBits(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
    assertThat(Float16.toBits(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
  }
}
