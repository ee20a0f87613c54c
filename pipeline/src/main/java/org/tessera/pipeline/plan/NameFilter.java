package org.tessera.pipeline.plan;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/**
 * Include and exclude globs over paths relative to an input ({@code **} crosses folders; {@code *}
 * does not). A glob without a slash is matched against the file name alone.
 */
public final class NameFilter {
  /** Accepts everything. */
  public static final NameFilter ALL = new NameFilter(List.of(), List.of());

  private final List<PathMatcher> includes;
  private final List<PathMatcher> excludes;

  /** With no includes, all names are included. */
  public NameFilter(List<String> includes, List<String> excludes) {
    this.includes = includes.stream().map(NameFilter::matcher).toList();
    this.excludes = excludes.stream().map(NameFilter::matcher).toList();
  }

  /** Whether a file is wanted. */
  public boolean accepts(String relativePath) {
    if (includes.isEmpty() && excludes.isEmpty()) {
      return true;
    }
    Path path = Path.of(relativePath);
    return (includes.isEmpty() || includes.stream().anyMatch(glob -> glob.matches(path)))
        && excludes.stream().noneMatch(glob -> glob.matches(path));
  }

  private static PathMatcher matcher(String glob) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    return glob.contains("/") ? matcher : path -> matcher.matches(path.getFileName());
  }
}
