/** Geometry on points: sampling, neighbours and distances, each equal to a naive reference. */
package org.tessera.udf.points.geometry;
