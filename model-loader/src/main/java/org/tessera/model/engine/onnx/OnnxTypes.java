package org.tessera.model.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.util.Locale;
import java.util.Optional;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;

/** Between ONNX Runtime's element types and Tessera's. */
final class OnnxTypes {
  private static final String PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private OnnxTypes() {}

  static Optional<ElementType> elementType(OnnxJavaType type) {
    return Optional.ofNullable(
        switch (type) {
          case FLOAT -> ElementType.FLOAT32;
          case FLOAT16 -> ElementType.FLOAT16;
          case DOUBLE -> ElementType.FLOAT64;
          case INT8 -> ElementType.INT8;
          case INT16 -> ElementType.INT16;
          case INT32 -> ElementType.INT32;
          case INT64 -> ElementType.INT64;
          case UINT8 -> ElementType.UINT8;
          case BOOL -> ElementType.BOOL;
          case STRING, BFLOAT16, UNKNOWN -> null;
        });
  }

  /** Tessera's name for a type, or ONNX's where Tessera has none. */
  static String name(OnnxJavaType type, OnnxTensorType onnxType) {
    return elementType(type)
        .map(ElementType::id)
        .orElseGet(() -> onnxType.name().replace(PREFIX, "").toLowerCase(Locale.ROOT));
  }

  static OnnxJavaType javaType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
      case UINT16 ->
          throw new ModelException(
              "Cannot make an ONNX tensor of " + type.id() + " (ONNX Runtime's Java has none)");
    };
  }
}
