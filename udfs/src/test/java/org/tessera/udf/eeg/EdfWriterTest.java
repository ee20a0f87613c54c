package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdfWriterTest {
  /** A header's field has eight characters, one for the sign. */
  @ParameterizedTest
  @CsvSource({
    "0.5, 0.5",
    "0.062449, 0.06245",
    "0.0001234, 1.24e-4",
    "0.000000000987654, 9.9e-10",
    "123.456789, 123.457",
    "99999.999, 100000",
    "1234567, 1234567",
    "12345678, 1.235e7",
    "987654321012, 9.88e11"
  })
  void rangesAreRoundedUpWithAsManyDigitsAsFit(double value, String number) {
    assertThat(EdfWriter.number(value)).isEqualTo(number);
  }

  /** A range below the largest magnitude would clip it. */
  @Test
  void noRangeIsBelowItsValueNorFarAbove() {
    for (double value = 1e-30; value < 1e30; value *= 1.07) {
      String number = EdfWriter.number(value);
      assertThat(number.length()).isLessThan(8);
      assertThat(Double.parseDouble(number)).isBetween(value, value * 1.1);
    }
  }
}
