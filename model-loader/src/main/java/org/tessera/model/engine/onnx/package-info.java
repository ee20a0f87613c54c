/** The ONNX engine: ONNX files, run by ONNX Runtime. */
package org.tessera.model.engine.onnx;
