/** Time-frequency features of one window of samples: MDCT, log-mel and Kaldi filter banks. */
package org.tessera.udf.audio.feature;
