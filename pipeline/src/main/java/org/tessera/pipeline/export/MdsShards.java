package org.tessera.pipeline.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.tessera.udf.sample.Sha256;

/**
 * MosaicML's streaming shards, version 2, with an {@code index.json} and SHA-256 of each file
 * (streaming, {@code base/format/mds}). A shard is held in memory until it is complete, as its
 * offsets come first.
 */
final class MdsShards extends ShardFormat {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String IDS = "input_ids";
  private static final String LENGTHS = "document_lengths";
  private static final String NAME = "name";
  private static final int COUNT_AND_FIRST_OFFSET = 8;

  private final ExportSpec spec;
  private final IdType type;
  private final TreeMap<String, String> columns = new TreeMap<>();
  private final byte[] config;

  MdsShards(ExportSpec spec) {
    this.spec = spec;
    this.type = IdType.named(spec.output().dtype());
    columns.put(IDS, "ndarray:" + type.id());
    columns.put(NAME, "str");
    if (spec.pack().context() > 0) {
      columns.put(LENGTHS, "ndarray:int32");
    }
    for (String label : spec.output().labels()) {
      if (columns.put(label, "str") != null) {
        throw new IllegalArgumentException(
            "Cannot write label " + label + ": there is a column of this name (leave it out)");
      }
    }
    if (spec.shardBytes() <= 0 || spec.shardBytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Cannot write MDS shards of "
              + spec.shardBytes()
              + " bytes (give --shard-bytes of at most 2147483647: offsets have 32 bits)");
    }
    this.config = configuration().toString().getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode configuration() {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode encodings = JSON.createArrayNode();
    columns.values().forEach(encodings::add);
    node.set("column_encodings", encodings);
    columns.keySet().forEach(node.putArray("column_names")::add);
    ArrayNode sizes = node.putArray("column_sizes");
    columns.forEach((name, encoding) -> sizes.addNull());
    node.put("compression", compressed() ? extension() : null);
    node.put("format", "mds");
    node.putArray("hashes").add("sha256");
    node.put("size_limit", spec.shardBytes());
    node.put("version", 2);
    return node;
  }

  private boolean compressed() {
    return !spec.output().compression().equals("none");
  }

  @Override
  public void check(Sequence sequence) {
    spec.output().labels().forEach(label -> Labels.text(sequence, label));
  }

  @Override
  public long emptyBytes() {
    return COUNT_AND_FIRST_OFFSET + config.length;
  }

  @Override
  public long bytes(Sequence sequence) {
    long bytes = 4L + 4L * columns.size();
    for (String column : columns.keySet()) {
      bytes +=
          switch (column) {
            case IDS -> arrayBytes(sequence.ids().length, type);
            case LENGTHS -> arrayBytes(sequence.documents().size(), IdType.INT32);
            default -> text(sequence, column).length;
          };
    }
    return bytes;
  }

  private static byte[] text(Sequence sequence, String column) {
    String text = column.equals(NAME) ? sequence.name() : Labels.text(sequence, column);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long arrayBytes(int length, IdType type) {
    return 1 + extentBytes(length) + (long) length * type.bytes();
  }

  private static int extentBytes(int length) {
    return length < 1 << 8 ? 1 : length < 1 << 16 ? 2 : 4;
  }

  /** One axis, its extent in as few bytes as hold it, the values. */
  private static byte[] array(int[] values, IdType type) {
    int extent = extentBytes(values.length);
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.toIntExact(arrayBytes(values.length, type)))
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) (1 << 2 | Integer.numberOfTrailingZeros(extent)));
    switch (extent) {
      case 1 -> buffer.put((byte) values.length);
      case 2 -> buffer.putShort((short) values.length);
      default -> buffer.putInt(values.length);
    }
    return buffer.put(Numbers.bytes(values, type)).array();
  }

  private byte[] sample(Sequence sequence) {
    List<byte[]> parts = new ArrayList<>();
    ByteBuffer sizes = ByteBuffer.allocate(4 * columns.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (String column : columns.keySet()) {
      byte[] part =
          switch (column) {
            case IDS -> array(sequence.ids(), type);
            case LENGTHS ->
                array(
                    sequence.documents().stream().mapToInt(Integer::intValue).toArray(),
                    IdType.INT32);
            default -> text(sequence, column);
          };
      sizes.putInt(part.length);
      parts.add(part);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(sizes.array());
    parts.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }

  @Override
  public String file(String shard, Sequence sequence, long index) {
    return basename(shard);
  }

  private static String basename(String shard) {
    return shard + ".mds";
  }

  @Override
  public ShardSink open(ShardTarget target, String name) {
    return new Sink(target, name);
  }

  private final class Sink implements ShardSink {
    private final ShardTarget target;
    private final String name;
    private final List<byte[]> samples = new ArrayList<>();

    Sink(ShardTarget target, String name) {
      this.target = target;
      this.name = name;
    }

    @Override
    public void write(Sequence sequence, long index) {
      samples.add(sample(sequence));
    }

    @Override
    public String finish() throws IOException {
      byte[] raw = joined();
      ObjectNode node = configuration();
      node.set("raw_data", file(basename(name), raw));
      if (compressed()) {
        String file = basename(name) + "." + extension();
        byte[] zipped = compress(raw);
        node.set("zip_data", file(file, zipped));
        put(file, zipped);
      } else {
        node.putNull("zip_data");
        put(basename(name), raw);
      }
      node.put("samples", samples.size());
      samples.clear();
      return node.toString();
    }

    private byte[] joined() {
      long total = emptyBytes();
      for (byte[] sample : samples) {
        total += 4L + sample.length;
      }
      ByteBuffer raw = ByteBuffer.allocate(Math.toIntExact(total)).order(ByteOrder.LITTLE_ENDIAN);
      raw.putInt(samples.size());
      int offset = 4 + 4 * (samples.size() + 1) + config.length;
      raw.putInt(offset);
      for (byte[] sample : samples) {
        offset += sample.length;
        raw.putInt(offset);
      }
      raw.put(config);
      samples.forEach(raw::put);
      return raw.array();
    }

    private void put(String file, byte[] data) throws IOException {
      try (OutputStream out = target.create(file)) {
        out.write(data);
      }
    }

    @Override
    public void close() {
      samples.clear();
    }
  }

  private String extension() {
    return spec.output().compression().equals("gzip") ? "gz" : "zstd";
  }

  private byte[] compress(byte[] raw) {
    if (spec.output().compression().equals("zstd")) {
      return Zstd.compress(raw);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static ObjectNode file(String basename, byte[] data) {
    ObjectNode node = JSON.createObjectNode();
    node.put("basename", basename);
    node.put("bytes", data.length);
    node.putObject("hashes").put("sha256", Sha256.hex(data));
    return node;
  }

  @Override
  public List<Index> indexes(List<String> shards) {
    ObjectNode index = JSON.createObjectNode();
    ArrayNode array = index.putArray("shards");
    for (String shard : shards) {
      try {
        array.add(JSON.readTree(shard));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Cannot read what a shard reported: " + shard, e);
      }
    }
    index.put("version", 2);
    return List.of(new Index("index.json", index.toString() + "\n"));
  }
}
