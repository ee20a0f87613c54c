/** Engines: what loads a model file and runs its signatures on tensors in native memory. */
package org.tessera.model.engine;
