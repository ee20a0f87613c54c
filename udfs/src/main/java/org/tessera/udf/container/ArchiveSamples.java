package org.tessera.udf.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.container.Archive.Member;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The samples of one archive, in order. Neighbours with the same WebDataset key (the path up to the
 * first dot) are read together: {@code .json}, {@code .txt} and {@code .cls} files become columns
 * of the samples beside them, companions stay with their header. A damaged archive gives the
 * samples before the damage and then one sample that cannot be fetched. Not thread-safe; its owner
 * closes it.
 */
final class ArchiveSamples implements Iterator<RawSample>, AutoCloseable {
  private final Containers containers;
  private final Containers.Place place;
  private final String uri;
  private final String prefix;
  private final SortedMap<String, String> labels;
  private final Modality modality;
  private final Archive archive;
  private final Deque<RawSample> ready = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();
  private Member ahead;
  private boolean begun;
  private boolean ended;

  ArchiveSamples(
      Containers containers, Containers.Place place, Modality modality, Archive archive) {
    this.containers = containers;
    this.place = place;
    this.uri = place.uri();
    this.prefix = place.prefix();
    this.labels = place.labels();
    this.modality = modality;
    this.archive = archive;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !ended) {
      try {
        readGroup();
      } catch (SampleException e) {
        ended = true;
        ready.add(new BadContainer(uri, place.member(), labels, e));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + uri + ": " + e.getMessage(), e);
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public RawSample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("Cannot take another sample of " + uri);
    }
    return ready.poll();
  }

  @Override
  public void close() {
    try {
      archive.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + uri + ": " + e.getMessage(), e);
    }
  }

  private void readGroup() throws SampleException, IOException {
    if (!begun) {
      ahead = wanted();
      begun = true;
      if (ahead == null) {
        throw SampleException.at(
            Phase.CONTAINER, RejectCode.EMPTY, "Cannot use an archive without files", 0);
      }
    }
    if (ahead == null) {
      ended = true;
      return;
    }
    List<Member> group = new ArrayList<>();
    String key = MemberNames.key(ahead.name());
    SampleException damage = null;
    while (ahead != null && MemberNames.key(ahead.name()).equals(key)) {
      group.add(ahead);
      try {
        ahead = wanted();
      } catch (SampleException e) {
        // What was read before the damage is good.
        damage = e;
        ahead = null;
      }
    }
    emit(group);
    if (damage != null) {
      throw damage;
    }
  }

  private Member wanted() throws SampleException, IOException {
    Member member = archive.next();
    while (member != null && MemberNames.hidden(member.name())) {
      member = archive.next();
    }
    return member;
  }

  private void emit(List<Member> group) {
    Map<String, Member> byName = new HashMap<>();
    List<Member> columns = new ArrayList<>();
    Set<String> companions = new HashSet<>();
    for (Member member : group) {
      byName.putIfAbsent(member.name(), member);
      if (Columns.holds(member.name())) {
        columns.add(member);
      }
    }
    for (Member member : group) {
      String folder =
          member
              .name()
              .substring(0, member.name().length() - MemberNames.base(member.name()).length());
      for (String companion : CompanionNames.likely(modality, MemberNames.base(member.name()))) {
        if (byName.containsKey(folder + companion)) {
          companions.add(folder + companion);
        }
      }
    }
    boolean signals = group.stream().anyMatch(member -> isSignal(member, companions));
    for (Member member : group) {
      // Columns without a sample beside them are files that nobody can tokenize: rejected later.
      if (isSignal(member, companions) || !signals && !companions.contains(member.name())) {
        ready.add(sample(member, columns, byName));
      }
    }
  }

  private static boolean isSignal(Member member, Set<String> companions) {
    return !Columns.holds(member.name()) && !companions.contains(member.name());
  }

  private RawSample sample(Member member, List<Member> columns, Map<String, Member> group) {
    SortedMap<String, String> own = new TreeMap<>(labels);
    String stem = MemberNames.stem(member.name());
    boolean exact =
        columns.stream().anyMatch(column -> MemberNames.stem(column.name()).equals(stem));
    for (Member column : columns) {
      if (!exact || MemberNames.stem(column.name()).equals(stem)) {
        Columns.add(column, own);
      }
    }
    return new MemberSample(unique(prefix + member.name()), member, own, group);
  }

  /** Archives may hold a name twice; ids must not. */
  private String unique(String name) {
    String candidate = name;
    for (int i = 2; !seen.add(candidate); i++) {
      candidate = name + "#" + i;
    }
    return candidate;
  }

  /** One file of the archive. */
  private final class MemberSample implements RawSample {
    private final String name;
    private final Member member;
    private final SortedMap<String, String> own;
    private final Map<String, Member> group;

    MemberSample(
        String name, Member member, SortedMap<String, String> own, Map<String, Member> group) {
      this.name = name;
      this.member = member;
      this.own = Collections.unmodifiableSortedMap(own);
      this.group = group;
    }

    @Override
    public String uri() {
      return uri;
    }

    @Override
    public String member() {
      return name;
    }

    @Override
    public long sizeHint() {
      return member.content().length;
    }

    @Override
    public SortedMap<String, String> labels() {
      return own;
    }

    @Override
    public Fetched fetch() throws SampleException, IOException {
      if (member.content().length == 0) {
        throw SampleException.at(
            Phase.FETCH, RejectCode.EMPTY, "Cannot use an empty file (0 bytes)", 0);
      }
      String folder =
          member
              .name()
              .substring(0, member.name().length() - MemberNames.base(member.name()).length());
      HeapSource content = new HeapSource(member.content());
      SampleInput input =
          new SampleInput(
              MemberNames.base(member.name()), content, sibling -> companion(folder + sibling));
      Optional<Containers.Samples> inner =
          containers.open(new Containers.Place(uri, name, place.depth() + 1, own), content);
      return new Fetched(
          input, () -> inner.ifPresent(Containers.Samples::close), inner.map(samples -> samples));
    }

    private Optional<ByteSource> companion(String sibling) {
      return Optional.ofNullable(group.get(sibling)).map(found -> new HeapSource(found.content()));
    }
  }
}
