package org.tessera.model.engine;

import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The engines on the class path. */
public final class Engines {
  private Engines() {}

  /** The names that manifests can use. */
  public static SortedSet<String> names() {
    return new TreeSet<>(all().keySet());
  }

  /**
   * The engine of a name.
   *
   * @throws ModelException when there is none
   */
  public static Engine of(String name) {
    SortedMap<String, Engine> engines = all();
    Engine engine = engines.get(name);
    if (engine == null) {
      throw new ModelException(
          "Cannot find engine: " + name + " (on the class path are " + engines.keySet() + ")");
    }
    return engine;
  }

  /** The engine whose model a path looks like, if any. */
  public static Optional<Engine> recognizing(Path model) {
    return all().values().stream().filter(engine -> engine.recognizes(model)).findFirst();
  }

  private static SortedMap<String, Engine> all() {
    SortedMap<String, Engine> engines = new TreeMap<>();
    for (Engine engine : ServiceLoader.load(Engine.class, Engines.class.getClassLoader())) {
      engines.put(engine.name(), engine);
    }
    return engines;
  }
}
