/**
 * The ledger: what a run set out to do and which of its waves are committed, kept in the output.
 */
package org.tessera.pipeline.ledger;
