package org.tessera.jobs.demo;

import java.io.IOException;
import java.nio.file.Path;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.audio.DemoAudio;
import org.tessera.udf.eeg.DemoEeg;
import org.tessera.udf.image.demo.DemoImages;
import org.tessera.udf.points.DemoPoints;

/** The demo's corpora, one a modality; each holds some bad files. */
enum DemoCorpus {
  IMAGE(Modality.IMAGE, "psnr") {
    @Override
    void write(Path folder) throws IOException {
      DemoImages.write(folder, 48, SEED);
    }
  },
  AUDIO(Modality.AUDIO, "si_snr") {
    @Override
    void write(Path folder) throws IOException {
      DemoAudio.write(folder, 16, SEED);
    }
  },
  EEG(Modality.EEG, "pearson") {
    @Override
    void write(Path folder) throws IOException {
      DemoEeg.write(folder, 16, SEED);
    }
  },
  POINTS(Modality.POINTS, "chamfer_l1_x1000") {
    @Override
    void write(Path folder) throws IOException {
      DemoPoints.write(folder, 24, SEED);
    }
  };

  private static final long SEED = 2026;

  private final Modality modality;
  private final String metric;

  DemoCorpus(Modality modality, String metric) {
    this.modality = modality;
    this.metric = metric;
  }

  /** Writes the files into a folder that exists. */
  abstract void write(Path folder) throws IOException;

  Modality modality() {
    return modality;
  }

  /** The reconstruction metric that is shown. */
  String metric() {
    return metric;
  }
}
