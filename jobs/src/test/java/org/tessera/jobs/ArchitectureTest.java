package org.tessera.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.Serializable;

@AnalyzeClasses(packages = "org.tessera", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule ARROWS_POINT_DOWN =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model-loader")
          .definedBy("org.tessera.model..")
          .layer("udfs")
          .definedBy("org.tessera.udf..")
          .layer("pipeline")
          .definedBy("org.tessera.pipeline..")
          .layer("jobs")
          .definedBy("org.tessera.jobs..")
          .whereLayer("jobs")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("pipeline")
          .mayOnlyBeAccessedByLayers("jobs")
          .whereLayer("udfs")
          .mayOnlyBeAccessedByLayers("pipeline", "jobs");

  @ArchTest
  static final ArchRule SPARK_STAYS_AT_THE_EDGE =
      noClasses()
          .that()
          .resideInAnyPackage("org.tessera.model..", "org.tessera.udf..", "org.tessera.pipeline..")
          .and()
          .resideOutsideOfPackages("org.tessera.udf.spark..", "org.tessera.pipeline.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule HADOOP_IS_UNKNOWN_TO_MODELS_AND_CODECS =
      noClasses()
          .that()
          .resideInAnyPackage("org.tessera.model..", "org.tessera.udf..")
          .and()
          .resideOutsideOfPackage("org.tessera.udf.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.hadoop..");

  @ArchTest
  static final ArchRule NO_RECORD_CROSSES_TO_EXECUTORS =
      classes()
          .that()
          .areAssignableTo(Serializable.class)
          .and()
          .resideInAnyPackage("org.tessera.udf.spark..", "org.tessera.pipeline.spark..")
          .should()
          .notBeRecords()
          .because("Kryo cannot read records, and bean encoders silently give them no columns");

  @ArchTest
  static final ArchRule TENSORFLOW_IS_KNOWN_TO_FEW =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.tessera.model..", "org.tessera.pipeline.fit..", "org.tessera.udf.image.codec..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.tensorflow..");
}
