import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.internal.config.ConfigEntry;
import scala.jdk.javaapi.CollectionConverters;

/** Takes spark-submit's place: reads the command line as spark-submit does, and runs nothing. Each setting must be Spark's. */
public final class SubmitExamples {
  public static void main(String[] command) {
    SparkSubmitArguments arguments =
        new SparkSubmitArguments(
            CollectionConverters.asScala(Arrays.asList(command)).toSeq(),
            scala.jdk.javaapi.CollectionConverters.asScala(System.getenv()).toMap(scala.$less$colon$less$.MODULE$.refl()));
    var prepared = new SparkSubmit().prepareSubmitEnvironment(arguments, scala.Option.empty());
    // Settings are known once the objects that hold them are loaded.
    List.of(
            org.apache.spark.internal.config.package$.MODULE$,
            org.apache.spark.deploy.k8s.Config$.MODULE$,
            org.apache.spark.deploy.yarn.config.package$.MODULE$,
            org.apache.spark.sql.internal.SQLConf$.MODULE$)
        .forEach(Object::hashCode);
    TreeSet<String> unknown = new TreeSet<>();
    for (var setting : prepared._3().getAll()) {
      String key = setting._1();
      // Those with a name in the middle, a plugin's, and what spark-submit itself adds.
      boolean free =
          key.matches("spark\\.((executor|task)\\.resource\\.gpu|executorEnv|yarn\\.appMasterEnv|rapids|app)\\..*|spark\\.master");
      if (!free && ConfigEntry.findEntry(key) == null) {
        unknown.add(key);
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("Not settings of Spark: " + unknown);
    }
    System.out.println(arguments.master() + ": " + prepared._4() + ", " + prepared._3().getAll().length + " settings");
  }
}
