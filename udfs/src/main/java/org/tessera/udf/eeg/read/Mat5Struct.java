package org.tessera.udf.eeg.read;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Char;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;
import us.hebi.matlab.mat.types.Struct;

/** Struct arrays of a MAT 5 file, read by MFL. */
final class Mat5Struct implements MatStruct {
  private final Struct struct;

  private Mat5Struct(Struct struct) {
    this.struct = struct;
  }

  /**
   * The variables of a file, as a struct of one element.
   *
   * @param wanted which variables are read
   */
  static MatStruct open(byte[] file, Set<String> wanted, Limits limits) throws SampleException {
    byte[] plain = Mat5Check.unpack(file, limits);
    try (Source source = Sources.wrap(plain)) {
      MatFile mat =
          Mat5.newReader(source)
              .disableSubsystemProcessing()
              .setEntryFilter(entry -> wanted.contains(entry.getName()))
              .readMat();
      Map<String, Array> variables = new TreeMap<>();
      for (MatFile.Entry entry : mat.getEntries()) {
        variables.put(entry.getName(), entry.getValue());
      }
      Struct root = Mat5.newStruct();
      variables.forEach(root::set);
      return new Mat5Struct(root);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw Faults.malformed("Cannot read MAT: " + reason(e), -1);
    }
  }

  /** What the library says, without the names of the exceptions around it. */
  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  @Override
  public int size() {
    return struct.getNumElements();
  }

  private Array get(String field, int element) {
    return struct.getFieldNames().contains(field) && element < size()
        ? struct.get(field, element)
        : null;
  }

  @Override
  public String text(String field, int element) {
    return get(field, element) instanceof Char text && text.getNumElements() > 0
        ? text.getRow(0)
        : "";
  }

  @Override
  public double number(String field, int element) {
    return get(field, element) instanceof Matrix matrix
            && matrix.getNumElements() > 0
            && !matrix.isComplex()
        ? matrix.getDouble(0)
        : Double.NaN;
  }

  @Override
  public Optional<MatStruct> struct(String field) {
    return get(field, 0) instanceof Struct nested
        ? Optional.of(new Mat5Struct(nested))
        : Optional.empty();
  }

  @Override
  public Optional<Numbers> numbers(String field) {
    return get(field, 0) instanceof Matrix matrix
            && matrix.getNumElements() > 0
            && !matrix.isComplex()
        ? Optional.of(new MatrixNumbers(matrix))
        : Optional.empty();
  }

  private record MatrixNumbers(Matrix matrix) implements Numbers {
    @Override
    public int[] extents() {
      return matrix.getDimensions();
    }

    @Override
    public double get(int index) {
      return matrix.getDouble(index);
    }
  }
}
