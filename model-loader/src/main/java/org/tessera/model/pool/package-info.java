/** The models of one executor JVM: fetched once a node, loaded once, leased, evicted by size. */
package org.tessera.model.pool;
