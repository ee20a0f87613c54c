package org.tessera.jobs.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.read.RecordCount;
import org.tessera.udf.eeg.read.Recording;
import org.tessera.udf.eeg.read.Recordings;
import org.tessera.udf.points.read.PointCloud;
import org.tessera.udf.points.read.PointClouds;
import org.tessera.udf.points.read.ReadRequest;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * A reconstructed file, or its original, made small enough for the page: six pairs of each modality
 * together stay below 8 MB, whatever the files are.
 */
final class Preview {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_PIXELS = 256;
  private static final int MOST_WAV_BYTES = 160_000;
  private static final int WAV_HEADER = 44;
  private static final int MOST_CHANNELS = 8;
  private static final int MOST_SAMPLES = 900;
  private static final int MOST_POINTS = 3000;

  private Preview() {}

  /**
   * The preview: a data URI for images and sounds, traces for recordings, places for points.
   *
   * @throws IOException when the file is not what reconstruct writes
   */
  static ObjectNode of(Modality modality, byte[] file) throws IOException {
    try {
      return switch (modality) {
        case IMAGE -> image(file);
        case AUDIO -> sound(file);
        case EEG -> traces(file);
        case POINTS -> points(file);
      };
    } catch (SampleException e) {
      throw new IOException("Cannot show a reconstruction: " + e.getMessage(), e);
    }
  }

  private static ObjectNode image(byte[] file) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    int longer = Math.max(image.getWidth(), image.getHeight());
    byte[] shown = file;
    if (longer > MOST_PIXELS) {
      int width = Math.max(1, image.getWidth() * MOST_PIXELS / longer);
      int height = Math.max(1, image.getHeight() * MOST_PIXELS / longer);
      BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = small.createGraphics();
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      graphics.drawImage(image, 0, 0, width, height, null);
      graphics.dispose();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(small, "png", out);
      shown = out.toByteArray();
    }
    return JSON.createObjectNode()
        .put("width", image.getWidth())
        .put("height", image.getHeight())
        .put("uri", data("image/png", shown));
  }

  /** The start of a WAV file, with the lengths in its header mended. */
  private static ObjectNode sound(byte[] file) {
    byte[] shown = file;
    if (file.length > MOST_WAV_BYTES) {
      ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int frame = header.getShort(32);
      int bytes = (MOST_WAV_BYTES - WAV_HEADER) / frame * frame;
      shown = java.util.Arrays.copyOf(file, WAV_HEADER + bytes);
      ByteBuffer.wrap(shown)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(4, WAV_HEADER - 8 + bytes)
          .putInt(40, bytes);
    }
    return JSON.createObjectNode()
        .put("cut", shown.length < file.length)
        .put("uri", data("audio/wav", shown));
  }

  private static ObjectNode traces(byte[] file) throws SampleException {
    Recording recording =
        Recordings.open(SampleInput.of("preview.edf", file), Limits.DEFAULT, RecordCount.STRICT);
    ObjectNode node = JSON.createObjectNode();
    ArrayNode channels = node.putArray("channels");
    for (int i = 0; i < Math.min(MOST_CHANNELS, recording.channels().size()); i++) {
      Channel channel = recording.channels().get(i);
      int count = (int) Math.min(Integer.MAX_VALUE / 16, recording.frames(0, i));
      int shown = Math.min(count, MOST_SAMPLES);
      double[][] values = new double[1][shown];
      recording.read(0, 0, shown, new int[] {i}, values);
      ArrayNode samples =
          channels
              .addObject()
              .put("name", channel.name())
              .put("unit", channel.unit())
              .put("rate", channel.rate())
              .putArray("samples");
      for (double value : values[0]) {
        samples.add(Double.parseDouble(String.format(java.util.Locale.ROOT, "%.4g", value)));
      }
    }
    node.put("all_channels", recording.channels().size());
    return node;
  }

  private static ObjectNode points(byte[] file) throws SampleException {
    SampleInput input = SampleInput.of("preview.ply", file);
    PointCloud cloud =
        PointClouds.read(input, PointClouds.format(input), ReadRequest.coordinates());
    double[] xyz = cloud.xyz();
    int size = cloud.size();
    ArrayNode places = JSON.createArrayNode();
    int shown = Math.min(size, MOST_POINTS);
    IntStream.range(0, shown)
        .map(i -> (int) ((long) i * size / shown))
        .forEach(
            i -> {
              for (int axis = 0; axis < 3; axis++) {
                places.add((float) xyz[3 * i + axis]);
              }
            });
    ObjectNode node = JSON.createObjectNode().put("points", size);
    node.set("xyz", places);
    return node;
  }

  private static String data(String type, byte[] bytes) {
    return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }
}
