/** Images: from the bytes of a file to a model's input, and back to files people open. */
package org.tessera.udf.image;
