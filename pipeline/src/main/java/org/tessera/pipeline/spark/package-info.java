/** The Spark flows: thin layers that run the plain-Java core on a cluster. */
package org.tessera.pipeline.spark;
