/** The TensorFlow engine: SavedModels, run by TensorFlow Java. */
package org.tessera.model.engine.tensorflow;
