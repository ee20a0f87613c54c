/**
 * Signal processing on double arrays with the definitions of SciPy and MNE: Fourier transforms,
 * filters and their design, resampling, frames. No state beyond tables; errors are the caller's.
 */
package org.tessera.udf.eeg.signal;
