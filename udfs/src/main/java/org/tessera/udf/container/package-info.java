/** Containers: archives of files, read as the samples in them with the columns beside them. */
package org.tessera.udf.container;
