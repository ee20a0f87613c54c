package org.tessera.pipeline.ledger;

import java.util.List;

/**
 * Parts of an input whose reject rates are judged on their own: the first folders below each input
 * that was given, and each input itself for the files directly in it. Immutable.
 */
public final class SourcePrefixes {
  private final List<String> sources;

  /** Prefixes below these inputs, which are full URIs; of a glob, what is before its pattern. */
  public SourcePrefixes(List<String> sources) {
    this.sources = sources.stream().map(SourcePrefixes::folder).toList();
  }

  /** The prefix of an object; its folder when it is below no input (a manifest named it). */
  public String of(String uri) {
    for (String source : sources) {
      if (uri.startsWith(source + "/")) {
        int next = uri.indexOf('/', source.length() + 1);
        return next < 0 ? source : uri.substring(0, next);
      }
    }
    int slash = uri.lastIndexOf('/');
    return slash < 0 ? uri : uri.substring(0, slash);
  }

  private static String folder(String source) {
    String folder = source;
    for (int i = 0; i < source.length(); i++) {
      if ("*?[{".indexOf(source.charAt(i)) >= 0) {
        int slash = source.lastIndexOf('/', i);
        folder = source.substring(0, Math.max(0, slash));
        break;
      }
    }
    return folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
  }
}
