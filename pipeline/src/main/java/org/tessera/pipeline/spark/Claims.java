package org.tessera.pipeline.spark;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import org.tessera.pipeline.plan.DigestSet;
import org.tessera.pipeline.plan.InputDigest;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.Claim;

/**
 * Which rows of earlier runs a plan replaces; some 30 bytes of memory for each object. Not
 * thread-safe while it is filled.
 */
final class Claims implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DigestSet objects = new DigestSet();
  private final DigestSet rejects = new DigestSet();

  /** Members that are left as they are, by URI, for the containers among the rejected objects. */
  private final HashMap<String, List<String>> except = new HashMap<>();

  /** Adds what an input claims. */
  void add(PlannedInput input) {
    String uri = input.object().uri();
    Claim claim = input.claim();
    if (claim.kind() == Claim.Kind.OBJECT) {
      objects.add(InputDigest.ofUri(uri));
    } else if (claim.kind() == Claim.Kind.REJECTS) {
      rejects.add(InputDigest.ofUri(uri));
      if (!claim.except().isEmpty()) {
        except.put(uri, claim.except());
      }
    }
  }

  /** Whether any rows of an object are replaced. */
  boolean has(String uri) {
    InputDigest digest = InputDigest.ofUri(uri);
    return objects.contains(digest) || rejects.contains(digest);
  }

  /** Whether a row is replaced, which is one of the rejects or of the tokens. */
  boolean removes(String uri, String member, boolean isReject) {
    InputDigest digest = InputDigest.ofUri(uri);
    return objects.contains(digest)
        || (isReject
            && rejects.contains(digest)
            && !except.getOrDefault(uri, List.of()).contains(member));
  }
}
