package org.tessera.pipeline.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One input object as it was when the plan was made.
 *
 * @param object the object
 * @param companions objects that belong to the same sample, by their planned state
 * @param labels pass-through text columns from a manifest
 * @param claim which rows of earlier runs it replaces
 * @param copyOf the URI of the input whose tokens it shares, since their bytes are equal; else
 *     empty
 */
public record PlannedInput(
    ObjectState object,
    List<ObjectState> companions,
    SortedMap<String, String> labels,
    Claim claim,
    String copyOf) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public PlannedInput {
    companions = List.copyOf(companions);
    labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** An input that replaces nothing and shares nothing. */
  public PlannedInput(
      ObjectState object, List<ObjectState> companions, SortedMap<String, String> labels) {
    this(object, companions, labels, Claim.NOTHING, "");
  }

  /** The same with another claim. */
  public PlannedInput withClaim(Claim other) {
    return new PlannedInput(object, companions, labels, other, copyOf);
  }

  /** The same as a copy of another input. */
  public PlannedInput asCopyOf(String uri) {
    return new PlannedInput(object, companions, labels, claim, uri);
  }

  /**
   * Which rows of earlier runs of the same tokenizer this input's rows replace.
   *
   * @param kind which rows of its object
   * @param except members that are left as they are, and not read again
   */
  public record Claim(Kind kind, List<String> except) {
    /** Replaces nothing. */
    public static final Claim NOTHING = new Claim(Kind.NOTHING, List.of());

    /** Replaces all rows of the object: it changed. */
    public static final Claim OBJECT = new Claim(Kind.OBJECT, List.of());

    public Claim {
      except = List.copyOf(except);
    }

    /** Replaces the object's reject rows but for some members: they are read again. */
    public static Claim rejects(List<String> except) {
      return new Claim(Kind.REJECTS, except);
    }

    /** Which rows of the object. */
    public enum Kind {
      NOTHING,
      OBJECT,
      REJECTS
    }
  }

  /**
   * An object's identity.
   *
   * @param uri where it is
   * @param size bytes, -1 when unknown
   * @param modified milliseconds since 1970, 0 when unknown
   * @param etag the store's own version mark, empty when it has none
   */
  public record ObjectState(String uri, long size, long modified, String etag) {
    /** Changes when the object changes: what incremental runs compare. */
    public String identity() {
      return etag.isEmpty() ? size + "/" + modified : size + "/" + etag;
    }

    /** Whether an object as it is now is the planned one, as far as the plan knew it. */
    public boolean matches(ObjectState now) {
      return (size < 0 || size == now.size())
          && (etag.isEmpty() || now.etag().isEmpty() || etag.equals(now.etag()))
          && (!etag.isEmpty() || modified == 0 || modified == now.modified());
    }
  }

  /** Bytes of the object and its companions. */
  public long bytes() {
    return Math.max(0, object.size()) + companions.stream().mapToLong(ObjectState::size).sum();
  }

  /** Changes when the object or a companion changes. */
  public String identity() {
    StringBuilder identity = new StringBuilder(object.identity());
    companions.forEach(companion -> identity.append('+').append(companion.identity()));
    return identity.toString();
  }

  /** The one-line form that crosses to executors. */
  public String toJson() {
    ObjectNode node = toNode(object);
    ArrayNode list = JSON.createArrayNode();
    companions.forEach(companion -> list.add(toNode(companion)));
    if (!list.isEmpty()) {
      node.set("companions", list);
    }
    if (!labels.isEmpty()) {
      labels.forEach(node.putObject("labels")::put);
    }
    if (claim.kind() != Claim.Kind.NOTHING) {
      node.put("replaces", claim.kind().name());
      claim.except().forEach(node.withArray("except")::add);
    }
    if (!copyOf.isEmpty()) {
      node.put("copy_of", copyOf);
    }
    return node.toString();
  }

  /** Reads {@link #toJson}'s form. */
  public static PlannedInput fromJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      List<ObjectState> companions = new ArrayList<>();
      node.path("companions").forEach(companion -> companions.add(toState(companion)));
      SortedMap<String, String> labels = new TreeMap<>();
      node.path("labels")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      List<String> except = new ArrayList<>();
      node.path("except").forEach(member -> except.add(member.asText()));
      Claim claim =
          new Claim(
              Claim.Kind.valueOf(node.path("replaces").asText(Claim.Kind.NOTHING.name())), except);
      return new PlannedInput(
          toState(node), companions, labels, claim, node.path("copy_of").asText(""));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read planned input: " + json, e);
    }
  }

  private static ObjectNode toNode(ObjectState state) {
    ObjectNode node = JSON.createObjectNode();
    node.put("uri", state.uri());
    node.put("size", state.size());
    node.put("modified", state.modified());
    if (!state.etag().isEmpty()) {
      node.put("etag", state.etag());
    }
    return node;
  }

  private static ObjectState toState(JsonNode node) {
    return new ObjectState(
        node.path("uri").asText(),
        node.path("size").asLong(),
        node.path("modified").asLong(),
        node.path("etag").asText(""));
  }
}
