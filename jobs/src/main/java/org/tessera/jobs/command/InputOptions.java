package org.tessera.jobs.command;

import java.util.ArrayList;
import java.util.List;
import org.tessera.pipeline.plan.NameFilter;
import picocli.CommandLine.Option;

/** Which files to read. */
final class InputOptions {
  @Option(
      names = "--input",
      paramLabel = "URI",
      description = "A folder (with all below it), a file or a glob; repeatable.")
  private final List<String> inputs = new ArrayList<>();

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description =
          "Only files that match, e.g. '*.jpg' (by name) or 'train/**' (by path); repeatable.")
  private final List<String> includes = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description = "No files that match; repeatable.")
  private final List<String> excludes = new ArrayList<>();

  List<String> inputs() {
    return inputs;
  }

  NameFilter filter() {
    return new NameFilter(includes, excludes);
  }
}
