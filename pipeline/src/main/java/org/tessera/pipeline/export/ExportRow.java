package org.tessera.pipeline.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an export needs of one token row. Its arrays are not to be changed. */
public final class ExportRow {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String tokenizer;
  private final Identity identity;
  private final int[] ids;
  private final int[] shape;
  private final Crop crop;
  private final SortedMap<String, String> labels;

  /**
   * Which part of which signal a row is.
   *
   * @param sampleId the row's id
   * @param uri the object
   * @param member the path in a container, or empty
   * @param segment the segment, from 0
   * @param channel the channel, or -1
   * @param startS where it begins, in seconds
   * @param endS where it ends
   * @param sha256 the digest of the bytes
   */
  public record Identity(
      String sampleId,
      String uri,
      String member,
      int segment,
      int channel,
      double startS,
      double endS,
      String sha256) {}

  /**
   * What part of an image was taken, in pixels of the resized image.
   *
   * @param width the resized image's width; 0 when unknown
   * @param height its height
   * @param box top, left, height and width of the crop, and 1 when it is mirrored; empty for none
   */
  public record Crop(int width, int height, int[] box) {
    /** No crop. */
    public static final Crop NONE = new Crop(0, 0, new int[0]);

    /**
     * Reads the geometry column.
     *
     * @throws IllegalArgumentException when it is not a JSON object
     */
    public static Crop of(String geometry) {
      JsonNode node;
      try {
        node = JSON.readTree(geometry);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("Cannot read geometry " + geometry, e);
      }
      if (!node.has("crop_width")) {
        return NONE;
      }
      return new Crop(
          node.path("resized_width").asInt(),
          node.path("resized_height").asInt(),
          new int[] {
            node.path("crop_top").asInt(),
            node.path("crop_left").asInt(),
            node.path("crop_height").asInt(),
            node.path("crop_width").asInt(),
            node.path("flipped").asBoolean() ? 1 : 0
          });
    }

    /** Whether two crops show the same region, within a pixel of the smaller image. */
    boolean shows(Crop other) {
      if (box.length == 0 || other.box.length == 0 || width == 0 || other.width == 0) {
        return box.length == other.box.length;
      }
      double tolerance = 1.0 / Math.min(Math.min(width, height), other.smaller());
      return box[4] == other.box[4]
          && near(box[0], height, other.box[0], other.height, tolerance)
          && near(box[1], width, other.box[1], other.width, tolerance)
          && near(box[2], height, other.box[2], other.height, tolerance)
          && near(box[3], width, other.box[3], other.width, tolerance);
    }

    private int smaller() {
      return Math.min(width, height);
    }

    private static boolean near(int a, int ofA, int b, int ofB, double tolerance) {
      return Math.abs((double) a / ofA - (double) b / ofB) <= tolerance;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Crop crop
          && crop.width == width
          && crop.height == height
          && java.util.Arrays.equals(crop.box, box);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * width + height) + java.util.Arrays.hashCode(box);
    }

    @Override
    public String toString() {
      return box.length == 0
          ? "no crop"
          : String.format(
              "top %d, left %d, %d by %d%s of %d by %d",
              box[0], box[1], box[2], box[3], box[4] == 1 ? " mirrored" : "", height, width);
    }
  }

  /** A row. */
  public ExportRow(
      String tokenizer,
      Identity identity,
      int[] ids,
      int[] shape,
      Crop crop,
      SortedMap<String, String> labels) {
    this.tokenizer = tokenizer;
    this.identity = identity;
    this.ids = ids;
    this.shape = shape;
    this.crop = crop;
    this.labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** The tokenizer's name. */
  public String tokenizer() {
    return tokenizer;
  }

  /** Which row it is. */
  public Identity identity() {
    return identity;
  }

  /** The codes, row-major over the shape. */
  public int[] ids() {
    return ids;
  }

  /** The extents of the layout's axes. */
  public int[] shape() {
    return shape;
  }

  /** What was cut out. */
  public Crop crop() {
    return crop;
  }

  /** The pass-through columns. */
  public SortedMap<String, String> labels() {
    return labels;
  }

  /** Writes the form that crosses between machines. */
  public void write(DataOutputStream out) throws IOException {
    out.writeUTF(tokenizer);
    out.writeUTF(identity.sampleId());
    Wire.text(out, identity.uri());
    Wire.text(out, identity.member());
    out.writeInt(identity.segment());
    out.writeInt(identity.channel());
    out.writeDouble(identity.startS());
    out.writeDouble(identity.endS());
    out.writeUTF(identity.sha256());
    Wire.ints(out, ids);
    Wire.ints(out, shape);
    out.writeInt(crop.width());
    out.writeInt(crop.height());
    Wire.ints(out, crop.box());
    Wire.map(out, labels);
  }

  /** Reads {@link #write}'s form. */
  public static ExportRow read(DataInputStream in) throws IOException {
    String tokenizer = in.readUTF();
    Identity identity =
        new Identity(
            in.readUTF(),
            Wire.text(in),
            Wire.text(in),
            in.readInt(),
            in.readInt(),
            in.readDouble(),
            in.readDouble(),
            in.readUTF());
    int[] ids = Wire.ints(in);
    int[] shape = Wire.ints(in);
    Crop crop = new Crop(in.readInt(), in.readInt(), Wire.ints(in));
    return new ExportRow(tokenizer, identity, ids, shape, crop, Wire.map(in));
  }
}
