package org.tessera.udf.eeg.read;

import java.util.Arrays;
import java.util.Optional;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Opens recordings by their content. */
public final class Recordings {
  private static final int HEAD = 256;

  private Recordings() {}

  /**
   * Opens a recording.
   *
   * @param input the file; for BrainVision and EEGLAB the header, with its companions
   * @param limits bounds on seconds, channels and bytes
   * @param rule what to do when the number of records or samples in a header is wrong
   * @throws SampleException when it is no recording, or a bad one
   */
  public static Recording open(SampleInput input, Limits limits, RecordCount rule)
      throws SampleException {
    ByteSource source = input.content();
    if (source.size() == 0) {
      throw SampleException.at(
          Phase.DECODE, RejectCode.EMPTY, "Cannot read a recording: the file is empty", 0);
    }
    byte[] head = new byte[(int) Math.min(HEAD, source.size())];
    Faults.readFully(source, 0, head, head.length, "the start of the file");
    Optional<EegFormat> format = EegFormat.of(head);
    if (format.isEmpty()) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.UNKNOWN_FORMAT,
          "Cannot read a recording: the file is no EDF, BDF, BrainVision, EEGLAB or FIF (it starts"
              + " with "
              + java.util.HexFormat.ofDelimiter(" ")
                  .formatHex(Arrays.copyOf(head, Math.min(8, head.length)))
              + ")",
          0);
    }
    if (!format.get().unsupported().isEmpty()) {
      throw Faults.unsupported(
          "Cannot read " + format.get().id() + " (" + format.get().unsupported() + ")", 0);
    }
    return switch (format.get()) {
      case EDF, BDF -> EdfRecording.open(source, limits, rule);
      case BRAINVISION -> BrainVisionRecording.open(input, limits, rule);
      case FIF -> FifRecording.open(source, limits);
      case EEGLAB_MAT5 -> EeglabRecording.openMat5(input, limits);
      case EEGLAB_HDF5 -> EeglabRecording.openHdf5(input, limits);
      default -> throw new IllegalStateException("Cannot open " + format.get());
    };
  }
}
