package org.tessera.jobs.chaos;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** All rows of an output, read file by file with Parquet's own reader, without the ledger. */
public final class TableRows {
  private TableRows() {}

  /**
   * Every column of every row below {@code tokens} and {@code rejects}, by table and sample id.
   *
   * @throws IllegalStateException when a sample is there twice
   */
  public static SortedMap<String, String> of(String output, Configuration configuration)
      throws IOException {
    SortedMap<String, String> rows = new TreeMap<>();
    for (String table : new String[] {"tokens", "rejects"}) {
      Path folder = new Path(output, table);
      FileSystem fileSystem = folder.getFileSystem(configuration);
      if (!fileSystem.exists(folder)) {
        continue;
      }
      RemoteIterator<LocatedFileStatus> files = fileSystem.listFiles(folder, true);
      while (files.hasNext()) {
        Path file = files.next().getPath();
        if (file.getName().endsWith(".parquet")) {
          read(file, table, configuration, rows);
        }
      }
    }
    return rows;
  }

  private static void read(
      Path file, String table, Configuration configuration, SortedMap<String, String> rows)
      throws IOException {
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(configuration).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        String before = rows.put(table + " " + row.getString("sample_id", 0), row.toString());
        if (before != null) {
          throw new IllegalStateException("A sample is there twice: " + before + " in " + file);
        }
      }
    }
  }
}
