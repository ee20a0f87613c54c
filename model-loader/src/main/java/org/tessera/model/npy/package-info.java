/**
 * Strict reading and writing of NumPy's {@code .npy} and {@code .npz} files: plain numbers only,
 * never pickled objects.
 */
package org.tessera.model.npy;
