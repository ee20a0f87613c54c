/** Generated image files, varied and always the same for one seed, to try the pipeline on. */
package org.tessera.udf.image.demo;
