/** Resampling of 8-bit images, bit by bit as Pillow does it. */
package org.tessera.udf.image.resample;
