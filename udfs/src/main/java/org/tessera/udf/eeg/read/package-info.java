/** Readers of recordings: random access to physical values, in volts, in constant memory. */
package org.tessera.udf.eeg.read;
