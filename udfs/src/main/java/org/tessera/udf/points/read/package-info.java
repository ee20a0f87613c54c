/** Readers of point-cloud and mesh files: bytes to coordinates in double precision. */
package org.tessera.udf.points.read;
