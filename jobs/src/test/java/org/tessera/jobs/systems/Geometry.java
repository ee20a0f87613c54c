package org.tessera.jobs.systems;

import java.util.List;
import java.util.Map;

/**
 * What is published of one system besides its template.
 *
 * @param kind how the random model makes vectors of the signal; see {@link RandomModels}
 * @param step samples, frames or pixels that one position stands for, where the kind has such
 * @param dimensions the length of one latent vector
 * @param tensors the tensors that the quantizer names, with their shapes
 * @param segments how many samples the test's raw file must give
 * @param tokens the shape of one sample's tokens, or the most where their number varies
 * @param rate the published tokens of a second, of all levels; 0 for signals without time
 */
record Geometry(
    String kind,
    int step,
    int dimensions,
    Map<String, List<Integer>> tensors,
    int segments,
    List<Integer> tokens,
    double rate) {
  private static final List<Integer> LARGE = List.of(16384, 32);

  /** Every system under {@code conf/systems}, by name; sounds are 10 s and recordings 20 s long. */
  static final Map<String, Geometry> ALL =
      Map.ofEntries(
          audio("wavtokenizer", 75, "frames", 320, 512, codebook(4096, 512), 750),
          audio("encodec-24khz", 8 * 75, "frames", 320, 128, codebooks(32, 1024, 128), 8, 750),
          // 44100 / 512 = 86.13 frames a second.
          audio("dac-44khz", 9 * 86.13, "frames", 512, 1024, dac(), 9, 862),
          audio("speechtokenizer", 8 * 50, "frames", 320, 1024, codebooks(8, 1024, 1024), 8, 500),
          audio("dm-codec", 8 * 50, "frames", 320, 1024, codebooks(8, 1024, 1024), 8, 500),
          audio("mimi", 8 * 12.5, "frames", 1920, 512, mimi(), 8, 125),
          // 24000 / 2048 = 11.72 positions a second.
          audio("snac-24khz", 7 * 11.72, "frames", 2048, 7, Map.of(), 118, 7),
          // 1000 frames of 128 bins in fours.
          audio("s3tokenizer-v2", 25, "frames", 4 * 128, 8, Map.of(), 250),
          audio("xcodec", 8 * 50, "frames", 320, 1024, codebooks(8, 1024, 1024), 8, 500),
          // One hop more than the sound has.
          audio("xcodec2", 50, "frames", 320, 8, Map.of(), 501),
          // 500 frames in eights.
          audio("tadicodec", 6.25, "bins", 8, 14, Map.of(), 62),
          // 496 of 10 s.
          audio("beats", 49.6, "patches", 16, 256, codebook(1024, 256), 62, 8),
          image("selftok", 16, codebook(32768, 16), 512),
          image("one-d-piece", 12, codebook(4096, 12), 256),
          image("digit", 1024, Map.of("centroids.npy", List.of(8192, 1024)), 16, 16),
          image("wetok", 32, Map.of(), 16, 16, 4),
          image("tokenbridge", 16, Map.of(), 16, 16, 16),
          image("lavit", 32, Map.of("codebook.npy", LARGE), 256),
          image(
              "tokenflow",
              40,
              Map.of("semantic.npy", List.of(32768, 32), "pixel.npy", List.of(32768, 8)),
              27,
              27),
          image("gigatok", 8, codebook(16384, 8), 256),
          image("d-ar", 8, codebook(16384, 8), 256),
          // 320 x 240 pixels stay as they are.
          Map.entry("atoken", new Geometry("grid", 16, 48, Map.of(), 1, List.of(15, 20, 8), 0)),
          image("seed", 32, codebook(8192, 32), 32),
          image("karl", 12, codebook(4096, 12), 256),
          image("instella-t2i", 64, Map.of("embedding.npy", List.of(64, 768)), 128, 64),
          image("flextok", 6, Map.of(), 256),
          // 20 s of 16 channels in windows of 10 s.
          Map.entry(
              "tfm-tokenizer",
              new Geometry("flat", 0, 64, codebook(8192, 64), 32, List.of(19), 19 / 10.0)),
          // 20 s in windows of 2 s.
          Map.entry(
              "brainomni",
              new Geometry(
                  "sources", 64, 256, codebooks(4, 512, 256), 10, List.of(16, 8, 4), 16 * 8 * 2)),
          Map.entry(
              "point-bert", new Geometry("flat", 0, 8192, codebook(8192, 256), 1, List.of(64), 0)));

  private static Map.Entry<String, Geometry> audio(
      String name,
      double rate,
      String kind,
      int step,
      int dimensions,
      Map<String, List<Integer>> tensors,
      Integer... tokens) {
    return Map.entry(name, new Geometry(kind, step, dimensions, tensors, 1, List.of(tokens), rate));
  }

  private static Map.Entry<String, Geometry> image(
      String name, int dimensions, Map<String, List<Integer>> tensors, Integer... tokens) {
    return Map.entry(name, new Geometry("flat", 0, dimensions, tensors, 1, List.of(tokens), 0));
  }

  private static Map<String, List<Integer>> codebook(int codes, int dimensions) {
    return Map.of("codebook.npy", List.of(codes, dimensions));
  }

  private static Map<String, List<Integer>> codebooks(int levels, int codes, int dimensions) {
    return Map.of("codebooks.npy", List.of(levels, codes, dimensions));
  }

  private static Map<String, List<Integer>> dac() {
    java.util.TreeMap<String, List<Integer>> tensors = new java.util.TreeMap<>();
    for (int level = 0; level < 9; level++) {
      String file = "level" + level + ".npz:";
      tensors.put(file + "project_in", List.of(8, 1024));
      tensors.put(file + "project_in_bias", List.of(8));
      tensors.put(file + "codebook", List.of(1024, 8));
      tensors.put(file + "project_out", List.of(1024, 8));
      tensors.put(file + "project_out_bias", List.of(1024));
    }
    return tensors;
  }

  private static Map<String, List<Integer>> mimi() {
    return Map.of(
        "semantic.npz:project_in", List.of(256, 512),
        "semantic.npz:codebooks", List.of(1, 2048, 256),
        "semantic.npz:project_out", List.of(512, 256),
        "acoustic.npz:project_in", List.of(256, 512),
        "acoustic.npz:codebooks", List.of(31, 2048, 256),
        "acoustic.npz:project_out", List.of(512, 256));
  }
}
