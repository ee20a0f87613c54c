/** Tests of the generated images. */
package org.tessera.udf.image.demo;
