/** Plans: what a run will read, listed once and frozen, packed into waves. */
package org.tessera.pipeline.plan;
