package org.tessera.jobs.command;

/** A command that knows what is left of its work when Ctrl-C stops it. */
public interface Stoppable {
  /** What is kept, and how to go on; the end of a sentence that begins with "stopped". */
  String leaves();
}
