package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** Of a chain of failures, one line says what failed, where, and what to do. */
class FailureHandlerTest {
  private static final IOException INNER =
      new IOException("Cannot open a.npy: it is not there (check the path)");

  @Test
  void theInnermostSaysWhat() {
    IOException spark = new IOException("Job aborted: " + INNER.getMessage() + "\n\tat a.b", INNER);
    assertThat(FailureHandler.explain(new IllegalStateException("Cannot learn", spark)))
        .isEqualTo(INNER.getMessage());
    assertThat(FailureHandler.explain(spark)).isEqualTo(INNER.getMessage());
  }

  @Test
  void thoseAroundItSayWhere() {
    IOException where = new IOException("Cannot read b.zip: " + INNER.getMessage(), INNER);
    UncheckedIOException wrapped = new UncheckedIOException(where);
    IllegalStateException outer =
        new IllegalStateException("Cannot use tokenizer c: " + where.getMessage(), wrapped);
    assertThat(FailureHandler.explain(wrapped)).isEqualTo(where.getMessage());
    assertThat(FailureHandler.explain(outer)).isEqualTo(outer.getMessage());
  }

  @Test
  void aStackTraceIsNoPlace() {
    IllegalStateException outer =
        new IllegalStateException(
            "Cannot learn: Job aborted: " + INNER.getMessage() + "\n\tat a.b", INNER);
    assertThat(FailureHandler.explain(outer)).isEqualTo(INNER.getMessage());
  }

  @Test
  void othersAreNamedByTheirKind() {
    assertThat(FailureHandler.explain(new NullPointerException()))
        .isEqualTo("NullPointerException: no message");
    assertThat(FailureHandler.explain(new IllegalStateException("Task: Cannot go on\n\tat a.b")))
        .isEqualTo("Cannot go on");
    assertThat(FailureHandler.explain(new NoSuchFileException("x")))
        .isEqualTo(
            "Cannot read or write (check the path, the permissions and free space):"
                + " NoSuchFileException: x");
  }
}
