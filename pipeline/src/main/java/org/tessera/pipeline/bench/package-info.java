/** What the bare decoders and the bare model can do: the yardstick for a whole run. */
package org.tessera.pipeline.bench;
