package org.tessera.jobs.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tessera.jobs.Tessera;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.audio.DemoAudio;
import org.tessera.udf.eeg.DemoEeg;
import org.tessera.udf.image.demo.DemoImages;
import org.tessera.udf.points.DemoPoints;

/** Small samples of all modalities, some of them bad, and a tokenizer for each modality. */
final class ChaosCorpus {
  /** Files of each modality; together more than 2,000. */
  private static final Map<Modality, Integer> FILES =
      new TreeMap<>(
          Map.of(
              Modality.IMAGE, 900,
              Modality.AUDIO, 350,
              Modality.EEG, 350,
              Modality.POINTS, 500));

  private final Path root;

  private ChaosCorpus(Path root) {
    this.root = root;
  }

  /** Writes the files and learns the tokenizers below a folder. */
  static ChaosCorpus write(Path root) throws IOException {
    ChaosCorpus corpus = new ChaosCorpus(root);
    for (Modality modality : FILES.keySet()) {
      corpus.write(modality);
    }
    return corpus;
  }

  Path files(Modality modality) {
    return root.resolve("corpus").resolve(modality.id());
  }

  Path bundle(Modality modality) {
    return root.resolve(modality.id() + ".bundle");
  }

  /** Arguments that tokenize a modality in many small waves. */
  List<String> tokenize(Modality modality, String output) {
    return new ArrayList<>(
        List.of(
            "tokenize",
            "--input",
            files(modality).toString(),
            "--tokenizer",
            bundle(modality).toString(),
            "--output",
            output,
            "--append",
            "--batch",
            "8",
            "--wave-inputs",
            Integer.toString(Math.max(10, FILES.get(modality) / 30))));
  }

  private void write(Modality modality) throws IOException {
    Path learned = Files.createDirectories(root.resolve("learned").resolve(modality.id()));
    write(modality, learned, 24, 1);
    write(modality, Files.createDirectories(files(modality)), FILES.get(modality), 2);
    for (int i = 0; i < 8; i++) {
      Path bad = files(modality).resolve(String.format(Locale.ROOT, "bad_%03d.bin", i));
      Files.writeString(bad, "no such format " + i);
    }
    Path spec = root.resolve(modality.id() + ".yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/" + modality.id() + ".yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    int code =
        Tessera.run(
            "fit",
            "--spec",
            spec.toString(),
            "--input",
            learned.toString(),
            "--output",
            bundle(modality).toString(),
            "--conf",
            "spark.master=local[2]");
    if (code != 0) {
      throw new IllegalStateException("Cannot learn a tokenizer for " + modality.id());
    }
  }

  private static void write(Modality modality, Path folder, int count, long seed)
      throws IOException {
    switch (modality) {
      case IMAGE -> DemoImages.write(folder, count, seed);
      case AUDIO -> DemoAudio.write(folder, count, seed);
      case EEG -> DemoEeg.write(folder, count, seed);
      case POINTS -> DemoPoints.write(folder, count, seed);
    }
  }
}
