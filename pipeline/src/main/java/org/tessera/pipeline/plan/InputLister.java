package org.tessera.pipeline.plan;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.pipeline.storage.LocalNames;
import org.tessera.pipeline.storage.Storage;

/**
 * Lists inputs below folders, files and globs in the order of their names. Names that begin with a
 * dot or an underscore are skipped, like Spark does. Links are followed, but not to a folder that
 * they lie in; links to nothing and names that are no text are listed, and found missing when they
 * are read. Memory is bounded by one folder. Not thread-safe.
 */
public final class InputLister {
  private final Configuration configuration;
  private final NameFilter filter;
  private final CompanionRule companionRule;
  private final Set<java.nio.file.Path> above = new HashSet<>();
  private Path output;
  private long skipped;
  private long companions;

  public InputLister(Configuration configuration, NameFilter filter, Modality modality) {
    this.configuration = configuration;
    this.filter = filter;
    this.companionRule = new CompanionRule(modality);
  }

  /** Leaves out a folder that is written to, where it lies in an input. */
  public InputLister without(Path folder) {
    output = folder;
    return this;
  }

  /** Files that the filters or their hidden names kept out. */
  public long skipped() {
    return skipped;
  }

  /** Files that belong to another file's sample. */
  public long companions() {
    return companions;
  }

  /**
   * Lists one input: a folder (with all below it), a file or a glob.
   *
   * @throws FileNotFoundException when nothing is there
   */
  public void list(String input, Consumer<PlannedInput> sink) throws IOException {
    Path path = path(input);
    FileSystem fileSystem = path.getFileSystem(configuration);
    FileStatus[] matches =
        fileSystem.exists(path)
            ? new FileStatus[] {fileSystem.getFileStatus(path)}
            : glob(fileSystem, path);
    if (matches == null || matches.length == 0) {
      throw new FileNotFoundException(
          "Cannot list input " + input + ": nothing is there (check the path or the glob)");
    }
    Arrays.sort(matches, Comparator.comparing(match -> match.getPath().toString()));
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.getPath().equals(output)) {
        continue;
      }
      if (match.isDirectory()) {
        try {
          listFolder(fileSystem, match.getPath(), match.getPath(), sink);
        } catch (AccessDeniedException | AccessControlException e) {
          throw new IOException(
              "Cannot list input " + input + ": access is denied (grant it): " + e.getMessage(), e);
        }
      } else {
        files.add(match);
      }
    }
    emit(files, path.getParent() == null ? path : path.getParent(), sink);
  }

  /**
   * The path that a user means.
   *
   * @throws IllegalArgumentException when it reads like a URI and is none
   */
  public static Path path(String input) {
    try {
      return new Path(input);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use the path "
              + input
              + ": what stands before a colon is taken for a URI's scheme (begin a local path with"
              + " ./ or /)",
          e);
    }
  }

  private static FileStatus[] glob(FileSystem fileSystem, Path path) throws IOException {
    try {
      FileStatus[] matches = fileSystem.globStatus(path);
      if (matches != null && path.getParent() != null && isLocal(fileSystem.makeQualified(path))) {
        GlobFilter filter = new GlobFilter(path.getName());
        requireNames(path.getParent(), name -> filter.accept(new Path("/", name)));
      }
      return matches;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).startsWith("Illegal file pattern")) {
        throw new IllegalArgumentException(
            "Cannot list input "
                + path
                + ": nothing is there, and it is no glob. "
                + e.getMessage(),
            e);
      }
      throw e;
    }
  }

  private void listFolder(
      FileSystem fileSystem, Path root, Path folder, Consumer<PlannedInput> sink)
      throws IOException {
    if (!enter(folder)) {
      return;
    }
    List<FileStatus> files = new ArrayList<>();
    List<FileStatus> folders = new ArrayList<>();
    // Not "located": that asks a local disk for each file's owner, by a process each.
    RemoteIterator<FileStatus> iterator = fileSystem.listStatusIterator(folder);
    while (iterator.hasNext()) {
      if (Thread.interrupted()) {
        throw new InterruptedIOException("Cannot list " + folder + ": it was interrupted");
      }
      FileStatus status = iterator.next();
      (status.isDirectory() ? folders : files).add(status);
    }
    if (isLocal(folder)) {
      skipped += requireNames(folder, name -> wanted(root, new Path(folder, name)));
      Set<String> names = new HashSet<>();
      Stream.concat(files.stream(), folders.stream())
          .forEach(status -> names.add(status.getPath().getName()));
      files.addAll(unlisted(folder, names));
    }
    Comparator<FileStatus> byName = Comparator.comparing(status -> status.getPath().getName());
    files.sort(byName);
    emit(files, root, sink);
    files.clear();
    folders.sort(byName);
    for (FileStatus child : folders) {
      if (hidden(child.getPath())) {
        skipped += countFiles(fileSystem, child.getPath());
      } else if (!child.getPath().equals(output)) {
        listFolder(fileSystem, root, child.getPath(), sink);
      }
    }
    leave(folder);
  }

  /** False for a local folder that is one of those it was reached through: a loop of links. */
  private boolean enter(Path folder) throws IOException {
    return !isLocal(folder) || above.add(Storage.local(folder).toRealPath());
  }

  private void leave(Path folder) throws IOException {
    if (isLocal(folder)) {
      above.remove(Storage.local(folder).toRealPath());
    }
  }

  /**
   * What Hadoop does not list: links that lead nowhere, and names that are no text. Of these the
   * bytes are escaped as in a URI, so that each has its own.
   */
  private static List<FileStatus> unlisted(Path folder, Set<String> listed) throws IOException {
    List<FileStatus> more = new ArrayList<>();
    try (DirectoryStream<java.nio.file.Path> all =
        Files.newDirectoryStream(Storage.local(folder))) {
      for (java.nio.file.Path entry : all) {
        String name = entry.getFileName().toString();
        boolean seen = listed.contains(name) || (name.startsWith(".") && name.endsWith(".crc"));
        if (!seen && LocalNames.isUnreadable(name)) {
          String[] escaped = entry.toUri().getRawPath().split("/");
          name = escaped[escaped.length - 1];
          seen = !LocalNames.allCanBeWritten();
        }
        if (!seen) {
          Path path = new Path(folder + Path.SEPARATOR + name);
          more.add(new FileStatus(0, false, 1, 0, 0, path));
        }
      }
    }
    return more;
  }

  private static boolean isLocal(Path folder) {
    return "file".equals(folder.toUri().getScheme());
  }

  private void emit(List<FileStatus> files, Path root, Consumer<PlannedInput> sink) {
    Map<String, FileStatus> wanted = new LinkedHashMap<>();
    for (FileStatus file : files) {
      if (wanted(root, file.getPath())) {
        wanted.put(file.getPath().getName(), file);
      } else {
        skipped++;
      }
    }
    Map<String, String> headers = companionRule.headers(List.copyOf(wanted.keySet()));
    Map<String, List<ObjectState>> parts = new HashMap<>();
    headers.forEach(
        (companion, header) ->
            parts
                .computeIfAbsent(header, key -> new ArrayList<>())
                .add(state(wanted.get(companion))));
    SortedMap<String, String> noLabels = new TreeMap<>();
    wanted.forEach(
        (name, status) -> {
          if (headers.containsKey(name)) {
            companions++;
          } else {
            List<ObjectState> own = parts.getOrDefault(name, List.of());
            own = own.stream().sorted(Comparator.comparing(ObjectState::uri)).toList();
            sink.accept(new PlannedInput(state(status), own, noLabels));
          }
        });
  }

  private boolean wanted(Path root, Path file) {
    return !hidden(file) && filter.accepts(relative(root, file));
  }

  /**
   * In a process that cannot name all files, one that is wanted and has no name there is an error.
   * Returns how many are not wanted.
   */
  private static long requireNames(Path folder, Predicate<String> wanted) throws IOException {
    String[] names =
        LocalNames.allCanBeWritten() ? null : new File(folder.toUri().getPath()).list();
    long unwanted = 0;
    for (String name : names == null ? new String[0] : names) {
      if (LocalNames.isUnreadable(name)) {
        String shown = LocalNames.shown(name);
        if (wanted.test(shown)) {
          throw new IOException(
              String.format(
                  "Cannot list %s: its %s has a name that is not in this process's character set"
                      + " %s (%s; or rename it, or leave it out with --exclude)",
                  folder, shown, LocalNames.charset(), LocalNames.ADVICE));
        }
        unwanted++;
      }
    }
    return unwanted;
  }

  private long countFiles(FileSystem fileSystem, Path folder) throws IOException {
    if (!enter(folder)) {
      return 0;
    }
    long count = 0;
    RemoteIterator<FileStatus> iterator = fileSystem.listStatusIterator(folder);
    while (iterator.hasNext()) {
      FileStatus status = iterator.next();
      count += status.isDirectory() ? countFiles(fileSystem, status.getPath()) : 1;
    }
    leave(folder);
    return count;
  }

  private static boolean hidden(Path path) {
    return path.getName().startsWith(".") || path.getName().startsWith("_");
  }

  private static String relative(Path root, Path file) {
    String base = root.toUri().getPath();
    String full = file.toUri().getPath();
    return full.startsWith(base + "/") ? full.substring(base.length() + 1) : file.getName();
  }

  /** The state of an object as its file system tells it. */
  public static ObjectState state(FileStatus status) {
    String etag = status instanceof EtagSource source ? source.getEtag() : null;
    return new ObjectState(
        status.getPath().toString(),
        status.getLen(),
        status.getModificationTime(),
        etag == null ? "" : etag);
  }
}
