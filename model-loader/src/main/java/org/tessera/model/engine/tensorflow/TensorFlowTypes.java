package org.tessera.model.engine.tensorflow;

import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;

/** Between TensorFlow's element types and Tessera's. */
final class TensorFlowTypes {
  private TensorFlowTypes() {}

  static Optional<ElementType> elementType(DataType type) {
    return switch (type) {
      case DT_FLOAT -> Optional.of(ElementType.FLOAT32);
      case DT_HALF -> Optional.of(ElementType.FLOAT16);
      case DT_DOUBLE -> Optional.of(ElementType.FLOAT64);
      case DT_INT32 -> Optional.of(ElementType.INT32);
      case DT_INT64 -> Optional.of(ElementType.INT64);
      case DT_UINT8 -> Optional.of(ElementType.UINT8);
      case DT_UINT16 -> Optional.of(ElementType.UINT16);
      case DT_BOOL -> Optional.of(ElementType.BOOL);
      default -> Optional.empty();
    };
  }

  /** Tessera's name for a type, or TensorFlow's where Tessera has none. */
  static String name(DataType type) {
    return elementType(type).map(ElementType::id).orElse(type.name());
  }

  static Class<? extends TType> tensorType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> TFloat32.class;
      case FLOAT16 -> TFloat16.class;
      case FLOAT64 -> TFloat64.class;
      case INT32 -> TInt32.class;
      case INT64 -> TInt64.class;
      case UINT8 -> TUint8.class;
      case UINT16 -> TUint16.class;
      case BOOL -> TBool.class;
      case INT8, INT16 ->
          throw new ModelException(
              "Cannot make a TensorFlow tensor of " + type.id() + " (TensorFlow Java has none)");
    };
  }
}
