/** Tests of the image front-end against Pillow's pixels. */
package org.tessera.udf.image;
