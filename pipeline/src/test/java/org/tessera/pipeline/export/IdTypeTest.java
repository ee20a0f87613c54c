package org.tessera.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdTypeTest {
  @ParameterizedTest
  @CsvSource({
    "0, UINT8, INT16",
    "255, UINT8, INT16",
    "256, UINT16, INT16",
    "32767, UINT16, INT16",
    "32768, UINT16, INT32",
    "65535, UINT16, INT32",
    "65536, INT32, INT32",
    "2147483647, INT32, INT32"
  })
  void isTheNarrowestThatHoldsTheLargestId(int largest, IdType unsigned, IdType signed) {
    assertThat(IdType.of(largest)).isEqualTo(unsigned);
    assertThat(IdType.signed(largest)).isEqualTo(signed);
    for (IdType type : new IdType[] {unsigned, signed}) {
      ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      type.put(buffer, largest);
      buffer.flip();
      long read =
          switch (type) {
            case UINT8 -> buffer.get() & 0xFF;
            case UINT16 -> buffer.getShort() & 0xFFFF;
            case INT16 -> buffer.getShort();
            default -> buffer.getInt();
          };
      assertThat(read).isEqualTo(largest);
      assertThat(buffer.limit()).isEqualTo(type.bytes());
    }
  }

  @ParameterizedTest
  @CsvSource({"65499, UINT16", "65500, INT32", "65535, INT32", "2147483648, INT32", "2, UINT16"})
  void followsMegatronsRule(long vocabulary, IdType type) {
    assertThat(IdType.megatron(vocabulary)).isEqualTo(type);
  }

  @Test
  void refusesWhatDoesNotFit() {
    IdType.named("int16").check(32767);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdType.named("int16").check(32768))
        .withMessage(
            "Cannot write ids up to 32768 as int16: it ends at 32767 (choose a wider type, or"
                + " none)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdType.named("uint32"))
        .withMessage(
            "Cannot write ids as uint32 (choose one of uint8, int16, uint16, int32, int64)");
  }
}
