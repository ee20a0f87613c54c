package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.SlotLayout;

/** A layout as expressions over the columns {@code shape} and the id's index. Immutable. */
final class SqlLayout {
  private static final String FOLDER =
      "substring(uri, 1, length(uri) - length(substring_index(uri, '/', -1)) - 1)";

  private final TokenLayout layout;
  private final SlotLayout slots;

  SqlLayout(TokenLayout layout) {
    this.layout = layout;
    this.slots = new SlotLayout(layout);
  }

  /** The slot of the id at an index of the flat list. */
  Column slot(Column at) {
    if (slots.slots() == 1) {
      return lit(0);
    }
    if (layout.slotAxis().isEmpty()) {
      return step(at, layout.scales());
    }
    int axis = layout.axes().indexOf(layout.slotAxis());
    StringBuilder stride = new StringBuilder("1");
    for (int i = axis + 1; i < layout.axes().size(); i++) {
      stride.append(" * shape[").append(i).append(']');
    }
    return expr("cast((at div (" + stride + ")) % shape[" + axis + "] as int)");
  }

  /** The number of codes of all slots. */
  long codes() {
    long codes = 0;
    for (int slot = 0; slot < slots.slots(); slot++) {
      codes += slots.radix(slot);
    }
    return codes;
  }

  /** The slot of the code at an index of all slots' codes, in the column {@code id}. */
  Column slotOfCode() {
    List<Integer> radices =
        java.util.stream.IntStream.range(0, slots.slots()).map(slots::radix).boxed().toList();
    return step(col("id"), radices);
  }

  /** The code at an index of all slots' codes, in the column {@code id}. */
  Column codeOfCode() {
    Column code = null;
    long start = 0;
    for (int slot = 0; slot < slots.slots() - 1; slot++) {
      Column own = col("id").minus(start).cast("int");
      start += slots.radix(slot);
      code = code == null ? when(col("id").lt(start), own) : code.when(col("id").lt(start), own);
    }
    Column last = col("id").minus(start).cast("int");
    return code == null ? last : code.otherwise(last);
  }

  /** The number of codes of a slot. */
  Column radix(Column slot) {
    Column radix = null;
    for (int i = 0; i < slots.slots() - 1; i++) {
      Column own = lit(slots.radix(i));
      radix = radix == null ? when(slot.equalTo(i), own) : radix.when(slot.equalTo(i), own);
    }
    Column last = lit(slots.radix(slots.slots() - 1));
    return radix == null ? last : radix.otherwise(last);
  }

  /** Which of consecutive parts of given sizes an index lies in. */
  private static Column step(Column at, List<Integer> sizes) {
    Column part = null;
    long end = 0;
    for (int i = 0; i < sizes.size() - 1; i++) {
      end += sizes.get(i);
      part = part == null ? when(at.lt(end), i) : part.when(at.lt(end), i);
    }
    Column last = lit(sizes.size() - 1);
    return part == null ? last : part.otherwise(last);
  }

  /** What {@link Grouping} of a name groups by. */
  static Column group(String name) {
    Optional<String> column = Grouping.of(name).column();
    if (column.isPresent()) {
      return col(column.get()).cast("string");
    }
    return switch (name) {
      case Grouping.ALL -> lit("");
      case "run", "wave" -> col(name).cast("string");
      case "folder" -> expr(FOLDER);
      case "source" -> coalesce(col("labels").getItem(name), expr(FOLDER));
      default -> coalesce(col("labels").getItem(name), lit(""));
    };
  }
}
