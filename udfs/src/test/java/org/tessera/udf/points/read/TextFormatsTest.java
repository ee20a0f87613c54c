package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.udf.sample.RejectCode.UNSUPPORTED_FORMAT;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** What text formats allow, by the rules stated for each. */
class TextFormatsTest {
  @Test
  void xyzSkipsCommentsAndEmptyLinesAndTakesAnyLineEnd() throws Exception {
    PointCloud cloud =
        read("a.xyz", "# made by hand\r\n\r\n 1\t2 3e0\r\n// more\r\n-.5 +6 7.\r8 9 1e1");

    assertThat(cloud.xyz()).containsExactly(1, 2, 3, -.5, 6, 7, 8, 9, 10);
  }

  @Test
  void aFourthColumnIsTheIntensityAndNoMoreIsGuessed() throws Exception {
    assertThat(read("a.xyz", "1 2 3 4\n").attributes()).containsExactly(4);
    PointCloud six = read("a.xyz", "1 2 3 4 5 6\n");
    assertThat(six.parts()).isEmpty();
  }

  @Test
  void namesDecideTheColumnsOfACsv() throws Exception {
    PointCloud cloud =
        read("a.csv", "id,\"Z\",\"X\",\"Y\",NX,NY,NZ\n7,3,1,2,0,0,1\n8,6,4,5,1,0,0\n");

    assertThat(cloud.xyz()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(cloud.parts()).containsExactly(Part.NORMALS);
    assertThat(cloud.attributes()).containsExactly(0, 0, 1, 1, 0, 0);
  }

  @Test
  void aLineOfNamesMayBeginWithSlashes() throws Exception {
    PointCloud cloud = read("a.txt", "//X Y Z R G B Intensity\n1 2 3 10 20 30 4\n");

    assertThat(cloud.xyz()).containsExactly(1, 2, 3);
    assertThat(cloud.attributes()).containsExactly(4, 10, 20, 30);
  }

  @Test
  void ptsHasIntensityAndColor() throws Exception {
    PointCloud cloud = read("a.pts", "2\n1 2 3 -40 10 20 30\n4 5 6 50 1 2 3\n");

    assertThat(cloud.xyz()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(cloud.attributes()).containsExactly(-40, 10, 20, 30, 50, 1, 2, 3);
  }

  @Test
  void ptxAppliesItsMatrixAndLeavesOutPulsesWithoutReturn() throws Exception {
    PointCloud cloud =
        read(
            "a.ptx",
            "1\n3\n1 2 3\n1 0 0\n0 1 0\n0 0 1\n0 1 0 0\n-1 0 0 0\n0 0 2 0\n10 20 30 1\n"
                + "1 2 3 0.5\n0 0 0 0.5\n-4 0 1 0.25\n");

    // The rows of the matrix: x goes to y, y to -x, z is doubled, and then the shift.
    assertThat(cloud.xyz()).containsExactly(8, 21, 36, 10, 16, 32);
    assertThat(cloud.attributes()).containsExactly(0.5f, 0.25f);
  }

  @Test
  void valuesThatAreNotFiniteAreFoundByTheirOffset() throws Exception {
    assertThat(read("a.xyz", "1 2 3\n1 -NaN 3\n").notFiniteOffset()).isEqualTo(6);
    assertThat(read("a.xyz", "1 2 -inf\n1 2 3\n").notFiniteOffset()).isEqualTo(0);
    assertThat(read("a.xyz", "1 2 3\n").notFiniteOffset()).isEqualTo(-1);
  }

  @Test
  void objCountsBackFromTheEnd() throws Exception {
    PointCloud cloud =
        read(
            "a.obj",
            "# square\nmtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nv 0 1 0\n"
                + "f -4/1 -3/1/1 -2//1 -1\n");

    assertThat(cloud.size()).isEqualTo(4);
    assertThat(cloud.triangles()).containsExactly(0, 1, 2, 0, 2, 3);
  }

  @Test
  void aBackslashJoinsLinesOfAnObjButNotOfItsComments() throws Exception {
    PointCloud cloud =
        read(
            "a.obj",
            "# C:\\models\\\nv 0 \\\n0 0\nv 1 0 0\r\nv 1 1 0\\\r\n\r\nv 0 1 0\n"
                + "f 1/1/1 2/2/2 \\\n3/3/3\\\r\n 4/4/4\n");

    assertThat(cloud.xyz()).startsWith(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0);
    assertThat(cloud.triangles()).containsExactly(0, 1, 2, 0, 2, 3);
  }

  @Test
  void anObjMayBeginWithAKeywordWithoutAValue() throws Exception {
    assertThat(read("a.obj", "\no \nv 1 2 3\n").xyz()).startsWith(1, 2, 3);
    assertThat(read("a.obj", "cstype bezier\nv 1 2 3\n").xyz()).startsWith(1, 2, 3);
    assertThatThrownBy(() -> read("a.obj", "These are\nno points\n"))
        .hasMessageContaining("of no known point format");
  }

  @Test
  void pcdMayHaveLinesOfOthersInItsHeader() throws Exception {
    PointCloud cloud =
        read(
            "a.pcd",
            "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 1\nHEIGHT 1\n"
                + "SENSOR_ORIGIN 0 0 0\nPOINTS 1\nDATA ascii\n1 2 3\n");

    assertThat(cloud.xyz()).startsWith(1, 2, 3);
  }

  @Test
  void textMayBeginWithTheMarkOfUtf8() throws Exception {
    String mark = "\u00ef\u00bb\u00bf";
    assertThat(read("a.csv", mark + "x,y,z\n1,2,3\n").xyz()).startsWith(1, 2, 3);
    assertThat(read("a.xyz", mark + "1 2 3\n").xyz()).startsWith(1, 2, 3);
    assertThat(read("a.obj", mark + "v 1 2 3\n").xyz()).startsWith(1, 2, 3);
    assertThat(read("a.off", mark + "OFF 1 0 0\n1 2 3\n").xyz()).startsWith(1, 2, 3);
  }

  @Test
  void fiveFloatsOfNuScenesAreNotFourOfKitti() throws Exception {
    byte[] zeros = new byte[80];
    zeros[3] = 0x40;
    assertThat(PointClouds.format(SampleInput.of("a.bin", zeros))).isEqualTo(PointFormat.KITTI);
    assertThatThrownBy(() -> PointClouds.format(SampleInput.of("a.pcd.bin", zeros)))
        .hasMessageContaining("of no known point format");
  }

  @Test
  void wordsAmongNumbersNeedNamedColumns() throws Exception {
    String electrodes = "1 -90.5 -2.75 -34 Nz\n2 1.5 -68.25 -52 LPA\n";
    assertThatThrownBy(() -> read("a.xyz", electrodes))
        .isInstanceOfSatisfying(
            SampleException.class, e -> assertThat(e.code()).isEqualTo(UNSUPPORTED_FORMAT))
        .hasMessage(
            "Cannot read XYZ: line 1 has \"Nz\" among its numbers"
                + " (name the columns: attributes.columns)");
    ReadRequest named =
        new ReadRequest(Set.of(), List.of("-", "x", "y", "z"), Limits.DEFAULT, Deadline.NONE);
    assertThat(read("a.xyz", electrodes, named).xyz())
        .startsWith(-90.5, -2.75, -34, 1.5, -68.25, -52);
  }

  @Test
  void facesOfAPlyMayComeBeforeItsVertices() throws Exception {
    PointCloud cloud =
        read(
            "a.ply",
            "ply\nformat ascii 1.0\nelement face 1\nproperty list uchar int vertex_indices\n"
                + "element vertex 4\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
                + "4 0 1 2 3\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n");

    assertThat(cloud.size()).isEqualTo(4);
    assertThat(cloud.triangles()).containsExactly(0, 1, 2, 0, 2, 3);
  }

  @Test
  void offMayHaveColorsOrNormals() throws Exception {
    PointCloud colored = read("a.off", "COFF\n2 0 0\n1 2 3 255 128 0 255\n4 5 6 1 2 3 255\n");
    assertThat(colored.xyz()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(colored.parts()).contains(Part.COLOR);
    assertThat(colored.attributes()).containsExactly(255, 128, 0, 1, 2, 3);

    PointCloud turned = read("a.off", "NOFF 1 0 0\n1 2 3 0 0 1\n");
    assertThat(turned.parts()).contains(Part.NORMALS);
    assertThat(turned.attributes()).containsExactly(0, 0, 1);

    PointCloud both = read("a.off", "STCNOFF\n1 0 0\n1 2 3 0 0 1 255 128 0 255 0.5 0.25\n");
    assertThat(both.xyz()).startsWith(1, 2, 3);
    assertThat(both.parts()).contains(Part.COLOR, Part.NORMALS);
    assertThat(both.attributes()).containsExactly(255, 128, 0, 0, 0, 1);
  }

  @Test
  void packedColorsOfPcdAreTakenApart() throws Exception {
    String header =
        "VERSION .7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F %s\nWIDTH 1\nHEIGHT 1\nDATA ascii\n";
    float packed = Float.intBitsToFloat(0x00102030);

    assertThat(read("a.pcd", String.format(header, "F") + "1 2 3 " + packed + "\n").attributes())
        .containsExactly(16, 32, 48);
    assertThat(read("a.pcd", String.format(header, "U") + "1 2 3 1056816\n").attributes())
        .containsExactly(16, 32, 48);
  }

  private static PointCloud read(String name, String text) throws SampleException {
    return read(
        name,
        text,
        ReadRequest.coordinates().with(Part.INTENSITY, Part.COLOR, Part.NORMALS, Part.FACES));
  }

  private static PointCloud read(String name, String text, ReadRequest request)
      throws SampleException {
    SampleInput input = SampleInput.of(name, text.getBytes(StandardCharsets.ISO_8859_1));
    return PointClouds.read(input, PointClouds.format(input), request);
  }
}
