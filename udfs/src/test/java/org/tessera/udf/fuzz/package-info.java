/**
 * A mutation fuzzer that all decoders share. A test gives a {@link org.tessera.udf.fuzz.Fuzzer} its
 * seeds (small files of each format) and a reader; every mutant must be read or rejected.
 *
 * <p>{@code mvn -pl udfs -am test} runs a short fixed run, {@code mvn -Pfuzz -pl udfs -am test} a
 * long one; {@code -Dfuzz.seed=N} and {@code -Dfuzz.mutants=N} choose others. A mutant that fails
 * is kept in {@code target/fuzz/}; one that takes the JVM down is found in {@code
 * target/fuzz/NAME-current.bin}.
 */
package org.tessera.udf.fuzz;
