package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tessera.jobs.ExitCodes;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.export.VocabularyFile;
import org.tessera.pipeline.ledger.OutputLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tessera inspect}: what a file, a bundle or a token set is. Needs no Spark. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Looks at one thing: a raw file (format, size, what decoding gives), a tokenizer bundle, the",
      "output of tokenize (runs, tokenizers, columns, a row), or an export and what its ids mean."
    },
    footer = {
      "",
      "Examples:",
      "  tessera inspect photo.jpg",
      "  tessera inspect image.bundle",
      "  tessera inspect s3a://corpus/tokens",
      "  tessera inspect export --id 32000 --id 32777"
    })
public final class InspectCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private LimitOptions limits;

  @Parameters(paramLabel = "URI", description = "What to look at.")
  private String uri;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1",
      description = "Token rows to show of a token set (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Explain this id of an export, or of its vocabulary.json; repeatable.")
  private final List<Integer> ids = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Configuration configuration = common.hadoop();
    Path path = new Path(uri);
    FileSystem fileSystem = path.getFileSystem(configuration);
    if (!fileSystem.exists(path)) {
      throw new FileNotFoundException(
          "Cannot inspect " + uri + ": nothing is there (check the path)");
    }
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "inspect");
    node.put("uri", uri);
    look(fileSystem, path, configuration, node);
    common.print(node, Outline.of(node));
    return ExitCodes.OK;
  }

  private void look(FileSystem fileSystem, Path path, Configuration configuration, ObjectNode node)
      throws IOException {
    boolean folder = fileSystem.getFileStatus(path).isDirectory();
    Path vocabulary = folder ? new Path(path, VocabularyFile.NAME) : path;
    if (vocabulary.getName().equals(VocabularyFile.NAME) && fileSystem.exists(vocabulary)) {
      node.put("kind", "export");
      new ExportInspection(fileSystem, vocabulary, ids).describe(node);
    } else if (folder && fileSystem.exists(new Path(path, OutputLayout.STATE))) {
      if (!ids.isEmpty()) {
        throw new IllegalArgumentException(
            "Cannot explain ids of "
                + uri
                + ": it is no export (give an export, or its vocabulary.json)");
      }
      node.put("kind", "tokens");
      new TokenSetInspection(uri, configuration, rows).describe(node);
    } else if (folder && fileSystem.exists(new Path(path, TokenizerManifest.FILE_NAME))
        || !folder && path.getName().endsWith(".zip")) {
      node.put("kind", "bundle");
      new BundleInspection(uri, configuration).describe(node);
    } else if (folder) {
      throw new IllegalArgumentException(
          "Cannot inspect folder "
              + uri
              + ": it is no bundle, output of tokenize or export (give a file in it)");
    } else {
      node.put("kind", "file");
      new FileInspection(fileSystem.getFileStatus(path), configuration, limits.limits())
          .describe(node);
    }
  }
}
