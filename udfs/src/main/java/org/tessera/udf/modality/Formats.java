package org.tessera.udf.modality;

import java.util.Optional;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.audio.AudioFrontEnd;
import org.tessera.udf.eeg.EegFrontEnd;
import org.tessera.udf.image.ImageSniffer;
import org.tessera.udf.points.PointSniffer;

/** Which format a file has, told by its content. */
public final class Formats {
  /** How many first bytes {@link #of} wants to see; fewer when the file is shorter. */
  public static final int HEAD_BYTES = 1 << 16;

  private Formats() {}

  /** A known format. */
  public record Format(Modality modality, String name) {}

  /**
   * The format of a file, or empty when no modality knows it. Formats with a mark of their own are
   * asked first; those of points, which may be plain numbers, last.
   *
   * @param head its first bytes
   * @param name its name, a weak hint for formats without a mark
   */
  public static Optional<Format> of(byte[] head, String name) {
    return format(Modality.IMAGE, ImageSniffer.format(head))
        .or(() -> format(Modality.EEG, EegFrontEnd.format(head)))
        .or(() -> format(Modality.AUDIO, AudioFrontEnd.format(head)))
        .or(() -> format(Modality.POINTS, PointSniffer.format(head, name)));
  }

  private static Optional<Format> format(Modality modality, Optional<String> name) {
    return name.map(known -> new Format(modality, known));
  }
}
