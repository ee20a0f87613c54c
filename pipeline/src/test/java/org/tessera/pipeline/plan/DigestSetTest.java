package org.tessera.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigestSetTest {
  @Test
  void itHoldsWhatAHashSetHolds() {
    Random random = new Random(1);
    Set<InputDigest> expected = new HashSet<>();
    DigestSet set = new DigestSet();
    for (int i = 0; i < 200_000; i++) {
      // Few high halves, so that many digests want the same place; the zero digest too.
      InputDigest digest = new InputDigest(random.nextInt(50_000), random.nextInt(4));
      assertThat(set.add(digest)).isEqualTo(expected.add(digest));
    }
    assertThat(set.size()).isEqualTo(expected.size());
    for (InputDigest digest : expected) {
      assertThat(set.contains(digest)).isTrue();
    }
    assertThat(set.contains(new InputDigest(50_001, 0))).isFalse();
    assertThat(set.contains(new InputDigest(7, 4))).isFalse();
  }

  @Test
  void aMapGivesTheLastValueOfEachDigestAlsoInAnotherProcess() throws Exception {
    Random random = new Random(2);
    Map<InputDigest, InputDigest> expected = new HashMap<>();
    DigestMap map = new DigestMap();
    for (int i = 0; i < 50_000; i++) {
      InputDigest key = InputDigest.ofUri("uri " + random.nextInt(20_000));
      InputDigest value = new InputDigest(i, -i);
      map.put(key, value);
      expected.put(key, value);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(map);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      DigestMap read = (DigestMap) in.readObject();
      expected.forEach((key, value) -> assertThat(read.get(key)).isEqualTo(value));
      assertThat(read.get(InputDigest.ofUri("uri -1"))).isNull();
    }
  }

  @Test
  void aDigestOfTextIsTheFirstHalfOfItsSha256() {
    assertThat(InputDigest.ofUri("abc"))
        .isEqualTo(
            InputDigest.ofSha256(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        .isEqualTo(new InputDigest(0xba7816bf8f01cfeaL, 0x414140de5dae2223L));
  }
}
