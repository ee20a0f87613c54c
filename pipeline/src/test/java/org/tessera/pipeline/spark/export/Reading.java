package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Readers of exported files, written from the formats' descriptions. */
final class Reading {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Reading() {}

  /** Files below a folder whose names end so, in order. */
  static List<Path> files(Path root, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !root.relativize(file).startsWith("_tessera"))
          .sorted()
          .toList();
    }
  }

  /** An array with its shape. */
  record Array(String type, int[] shape, int[] values) {}

  static Array npy(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getInt() != 0x4d554e93 || buffer.getShort() != 0x5950 || buffer.getShort() != 1) {
      throw new IllegalArgumentException("not an NPY file of version 1.0");
    }
    byte[] header = new byte[buffer.getShort()];
    buffer.get(header);
    String text = new String(header, StandardCharsets.US_ASCII);
    String type = text.replaceAll(".*'descr': '([^']*)'.*\n", "$1");
    String extents = text.replaceAll(".*'shape': \\(([^)]*)\\).*\n", "$1");
    int[] shape =
        Arrays.stream(extents.split(", ?")).mapToInt(value -> Integer.parseInt(value)).toArray();
    return new Array(type, shape, values(buffer, type.charAt(2) - '0', type.charAt(1) == 'u'));
  }

  private static int[] values(ByteBuffer buffer, int bytes, boolean unsigned) {
    int[] values = new int[buffer.remaining() / bytes];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (bytes) {
            case 1 -> buffer.get() & 0xFF;
            case 2 -> unsigned ? buffer.getShort() & 0xFFFF : buffer.getShort();
            case 4 -> buffer.getInt();
            default -> Math.toIntExact(buffer.getLong());
          };
    }
    return values;
  }

  /** What tar files hold, by name. */
  static Map<String, byte[]> tar(List<Path> files) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file);
          TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          if (entries.put(entry.getName(), tar.readAllBytes()) != null) {
            throw new IllegalArgumentException(entry.getName() + " is there twice");
          }
        }
      }
    }
    return entries;
  }

  /** A Megatron dataset. */
  record Megatron(int dtype, List<int[]> sequences, long[] documents, byte[] modes) {}

  static Megatron megatron(Path idx) throws IOException {
    ByteBuffer index = ByteBuffer.wrap(Files.readAllBytes(idx)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[9];
    index.get(magic);
    if (!new String(magic, StandardCharsets.US_ASCII).equals("MMIDIDX\0\0")
        || index.getLong() != 1) {
      throw new IllegalArgumentException("not an index of version 1");
    }
    int dtype = index.get();
    int bytes = dtype == 8 ? 2 : 4;
    int[] lengths = new int[(int) index.getLong()];
    long[] documents = new long[(int) index.getLong()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = index.getInt();
    }
    ByteBuffer bin =
        ByteBuffer.wrap(Files.readAllBytes(Path.of(idx.toString().replaceAll("\\.idx$", ".bin"))))
            .order(ByteOrder.LITTLE_ENDIAN);
    List<int[]> sequences = new ArrayList<>();
    for (int length : lengths) {
      int pointer = Math.toIntExact(index.getLong());
      sequences.add(
          values(
              bin.slice(pointer, length * bytes).order(ByteOrder.LITTLE_ENDIAN),
              bytes,
              dtype == 8));
    }
    for (int i = 0; i < documents.length; i++) {
      documents[i] = index.getLong();
    }
    byte[] modes = new byte[index.remaining()];
    index.get(modes);
    return new Megatron(dtype, sequences, documents, modes);
  }

  /** The rows of an MDS dataset: by column the text, or the numbers. */
  static List<Map<String, Object>> mds(Path root) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JsonNode shard : JSON.readTree(root.resolve("index.json").toFile()).path("shards")) {
      boolean zipped = shard.path("zip_data").isObject();
      byte[] file =
          Files.readAllBytes(
              root.resolve(shard.path(zipped ? "zip_data" : "raw_data").path("basename").asText()));
      byte[] raw =
          zipped
              ? unzipped(
                  file,
                  shard.path("compression").asText(),
                  shard.path("raw_data").path("bytes").asInt())
              : file;
      ByteBuffer buffer = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
      int count = buffer.getInt();
      for (int i = 0; i < count; i++) {
        int start = buffer.getInt(4 + 4 * i);
        int end = buffer.getInt(8 + 4 * i);
        rows.add(row(buffer.slice(start, end - start).order(ByteOrder.LITTLE_ENDIAN), shard));
      }
    }
    return rows;
  }

  private static byte[] unzipped(byte[] file, String compression, int size) throws IOException {
    if (compression.equals("zstd")) {
      return com.github.luben.zstd.Zstd.decompress(file, size);
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    }
  }

  private static Map<String, Object> row(ByteBuffer sample, JsonNode shard) {
    int columns = shard.path("column_names").size();
    int[] sizes = new int[columns];
    for (int i = 0; i < columns; i++) {
      sizes[i] = sample.getInt();
    }
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < columns; i++) {
      byte[] data = new byte[sizes[i]];
      sample.get(data);
      String encoding = shard.path("column_encodings").get(i).asText();
      Object value =
          encoding.equals("str")
              ? new String(data, StandardCharsets.UTF_8)
              : array(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN), encoding);
      row.put(shard.path("column_names").get(i).asText(), value);
    }
    return row;
  }

  private static int[] array(ByteBuffer data, String encoding) {
    int head = data.get();
    int length =
        switch (head & 3) {
          case 0 -> data.get() & 0xFF;
          case 1 -> data.getShort() & 0xFFFF;
          default -> data.getInt();
        };
    int bytes = encoding.endsWith("8") ? 1 : encoding.endsWith("16") ? 2 : 4;
    int[] values = values(data, bytes, encoding.contains("uint"));
    if (head >> 2 != 1 || values.length != length) {
      throw new IllegalArgumentException("an array of one axis with " + length + " values");
    }
    return values;
  }
}
