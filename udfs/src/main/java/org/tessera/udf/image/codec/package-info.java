/**
 * Image files to 8-bit pixels, exactly the ones that Pillow's {@code
 * ImageOps.exif_transpose(image).convert("RGB")} gives.
 */
package org.tessera.udf.image.codec;
