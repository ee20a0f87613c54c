/** Proofs that nothing is lost or repeated, whatever dies. */
package org.tessera.jobs.chaos;
