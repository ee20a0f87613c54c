package org.tessera.pipeline.spark.export;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.util.TaskCompletionListener;
import org.tessera.pipeline.export.Composer;
import org.tessera.pipeline.export.ExportRow;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.stats.TokenSplit;
import org.tessera.pipeline.tokens.TokenFile;
import scala.Tuple2;

/** Reads token rows: each with the key of the sequence that it belongs to. */
final class RowReader implements PairFlatMapFunction<Iterator<String>, String, Iterable<byte[]>> {
  private static final long serialVersionUID = 1L;
  private static final Set<String> COLUMNS =
      Set.of(
          "sample_id",
          "uri",
          "member",
          "segment",
          "channel",
          "start_s",
          "end_s",
          "content_sha256",
          "shape",
          "geometry",
          "labels");

  private final String specJson;

  RowReader(String specJson) {
    this.specJson = specJson;
  }

  /** The form of a split that crosses. */
  static String split(String tokenizer, TokenSplit split) {
    return tokenizer + "\t" + split.toText();
  }

  @Override
  public Iterator<Tuple2<String, Iterable<byte[]>>> call(Iterator<String> splits) {
    return new Rows(splits, new Composer(ExportSpec.fromJson(specJson)));
  }

  private static final class Rows implements Iterator<Tuple2<String, Iterable<byte[]>>> {
    private final Iterator<String> splits;
    private final Composer composer;
    private final Configuration configuration =
        SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    private TokenFile file;
    private String tokenizer = "";
    private String path = "";
    private boolean onRow;

    Rows(Iterator<String> splits, Composer composer) {
      this.splits = splits;
      this.composer = composer;
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
    }

    @Override
    public boolean hasNext() {
      try {
        while (!onRow && (file != null || splits.hasNext())) {
          if (file == null) {
            open(splits.next());
          }
          onRow = file.next();
          if (!onRow) {
            close();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + path + ": " + e.getMessage(), e);
      }
      return onRow;
    }

    private void open(String text) throws IOException {
      int tab = text.indexOf('\t');
      tokenizer = text.substring(0, tab);
      TokenSplit split = TokenSplit.fromText(text.substring(tab + 1));
      path = split.path();
      file = TokenFile.open(new Path(path), configuration, split.start(), split.end(), COLUMNS);
    }

    private void close() {
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot close " + path, e);
        }
        file = null;
      }
    }

    @Override
    public Tuple2<String, Iterable<byte[]>> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      onRow = false;
      ExportRow row =
          new ExportRow(
              tokenizer,
              new ExportRow.Identity(
                  file.text("sample_id"),
                  file.text("uri"),
                  file.text("member"),
                  file.integer("segment"),
                  file.integer("channel"),
                  file.number("start_s"),
                  file.number("end_s"),
                  file.text("content_sha256")),
              Arrays.copyOfRange(file.ids(), file.from(), file.to()),
              file.shape(),
              ExportRow.Crop.of(file.text("geometry")),
              new TreeMap<>(file.labels()));
      return new Tuple2<>(composer.key(row), List.of(bytes(row)));
    }

    private static byte[] bytes(ExportRow row) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 4 * row.ids().length);
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        row.write(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }
}
