package org.tessera.udf.eeg.read;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import java.lang.reflect.Array;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tessera.udf.sample.Limits;

/**
 * Struct arrays of a MAT 7.3 file, which is HDF5: a struct is a group; the fields of a struct array
 * of several elements are data sets of references; text is UTF-16 numbers with the attribute {@code
 * MATLAB_class} char; an empty array has the attribute {@code MATLAB_empty}. Read by jHDF.
 */
final class Hdf5Struct implements MatStruct {
  private static final long SMALL = 1 << 20;

  private final Group group;
  private final Limits limits;
  private final Map<String, Object> references = new HashMap<>();

  Hdf5Struct(Group group, Limits limits) {
    this.group = group;
    this.limits = limits;
  }

  private static boolean isReferences(Dataset dataset) {
    return dataset.getDataType().getDataClass() == 7;
  }

  private static boolean isEmpty(Node node) {
    Attribute empty = node.getAttribute("MATLAB_empty");
    return empty != null || (node instanceof Dataset dataset && dataset.isEmpty());
  }

  private static boolean isText(Node node) {
    Attribute name = node.getAttribute("MATLAB_class");
    return name != null && "char".equals(String.valueOf(name.getData()));
  }

  @Override
  public int size() {
    for (Node field : group.getChildren().values()) {
      if (field instanceof Dataset dataset && isReferences(dataset)) {
        return (int) Math.min(dataset.getSize(), SMALL);
      }
    }
    return 1;
  }

  /** The node that holds a field's value for an element, or null. */
  private Node get(String field, int element) {
    Node node = group.getChildren().get(field);
    if (!(node instanceof Dataset dataset) || isEmpty(node) || !isReferences(dataset)) {
      return element == 0 ? node : null;
    }
    Object addresses = references.computeIfAbsent(field, key -> flat(dataset));
    if (element >= Array.getLength(addresses)) {
      return null;
    }
    long address = ((Number) Array.get(addresses, element)).longValue();
    HdfFile file = group.getHdfFile();
    return file.getNodeByAddress(address);
  }

  /** All values of a data set as one array, if neither it nor one of its chunks is too large. */
  private Object flat(Dataset dataset) {
    long chunk = 1;
    if (dataset instanceof ChunkedDataset chunked) {
      for (int extent : chunked.getChunkDimensions()) {
        chunk = Math.multiplyExact(chunk, extent);
      }
      chunk = Math.multiplyExact(chunk, dataset.getDataType().getSize());
    }
    long most = Math.min(limits.bytes(), Integer.MAX_VALUE - 1024);
    if (dataset.getSizeInBytes() > most || dataset.getSize() > most / 8 || chunk > most) {
      throw new IllegalArgumentException(
          "a data set claims " + dataset.getSizeInBytes() + " bytes (raise limits.bytes)");
    }
    return dataset.getDataFlat();
  }

  @Override
  public String text(String field, int element) {
    Node node = get(field, element);
    if (!(node instanceof Dataset dataset) || isEmpty(node) || !isText(node)) {
      return "";
    }
    Object values = flat(dataset);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Array.getLength(values); i++) {
      text.append((char) ((Number) Array.get(values, i)).intValue());
    }
    return text.toString();
  }

  @Override
  public double number(String field, int element) {
    Node node = get(field, element);
    if (!(node instanceof Dataset dataset)
        || isEmpty(node)
        || isText(node)
        || dataset.getSize() > SMALL) {
      return Double.NaN;
    }
    Object values = dataset.isScalar() ? new Object[] {dataset.getData()} : flat(dataset);
    return Array.getLength(values) > 0 && Array.get(values, 0) instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }

  @Override
  public Optional<MatStruct> struct(String field) {
    return get(field, 0) instanceof Group nested
        ? Optional.of(new Hdf5Struct(nested, limits))
        : Optional.empty();
  }

  @Override
  public Optional<Numbers> numbers(String field) {
    if (!(get(field, 0) instanceof Dataset dataset)
        || isEmpty(dataset)
        || isText(dataset)
        || isReferences(dataset)) {
      return Optional.empty();
    }
    // HDF5 is row-major: the extents stand in the opposite order.
    int[] stored = dataset.getDimensions();
    int[] extents = new int[stored.length];
    for (int i = 0; i < stored.length; i++) {
      extents[i] = stored[stored.length - 1 - i];
    }
    Object values = flat(dataset);
    if (values instanceof float[] floats) {
      return Optional.of(new FloatNumbers(extents, floats));
    }
    if (values instanceof double[] doubles) {
      return Optional.of(new DoubleNumbers(extents, doubles));
    }
    double[] doubles = new double[Array.getLength(values)];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = ((Number) Array.get(values, i)).doubleValue();
    }
    return Optional.of(new DoubleNumbers(extents, doubles));
  }

  private static final class FloatNumbers implements Numbers {
    private final int[] extents;
    private final float[] values;

    FloatNumbers(int[] extents, float[] values) {
      this.extents = extents;
      this.values = values;
    }

    @Override
    public int[] extents() {
      return extents.clone();
    }

    @Override
    public double get(int index) {
      return values[index];
    }
  }

  private static final class DoubleNumbers implements Numbers {
    private final int[] extents;
    private final double[] values;

    DoubleNumbers(int[] extents, double[] values) {
      this.extents = extents;
      this.values = values;
    }

    @Override
    public int[] extents() {
      return extents.clone();
    }

    @Override
    public double get(int index) {
      return values[index];
    }
  }
}
