package org.tessera.jobs.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.tessera.udf.sample.Sha256;

/**
 * Puts the page together: the data as inert JSON, one style sheet and two scripts, all inside. The
 * page's own policy lets nothing else run or load, whatever the names of files say.
 */
final class ReportPage {
  private static final List<String> SCRIPTS =
      List.of("base.js", "charts.js", "codebooks.js", "signals.js", "sections.js", "main.js");
  private static final String D3 = "/META-INF/resources/webjars/d3/";

  private ReportPage() {}

  /** The page of some data. */
  static String html(String title, ObjectNode data) throws IOException {
    String style = resource("report.css");
    String library = library();
    StringBuilder own = new StringBuilder();
    for (String script : SCRIPTS) {
      own.append(resource(script)).append('\n');
    }
    String policy =
        "default-src 'none'; img-src data:; media-src data:; style-src '"
            + hash(style)
            + "'; script-src '"
            + hash(library)
            + "' '"
            + hash(own.toString())
            + "'; base-uri 'none'; form-action 'none'";
    return resource("page.html")
        .replace("{{policy}}", policy)
        .replace("{{title}}", text(title))
        .replace("{{style}}", style)
        .replace("{{library}}", library)
        .replace("{{data}}", json(data))
        .replace("{{script}}", own);
  }

  /** JSON that no HTML parser ends early: every {@code <} is an escape. */
  private static String json(ObjectNode data) {
    return data.toString()
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("{{", "\\u007b\\u007b");
  }

  private static String text(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("{{", "&#123;&#123;");
  }

  private static String library() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars.npm/d3/pom.properties")) {
      properties.load(in);
    }
    String script = read(D3 + properties.getProperty("version") + "/dist/d3.min.js");
    if (script.contains("</script") || script.contains("<!--")) {
      throw new IllegalStateException("Cannot inline d3: it would end its own script element");
    }
    return script;
  }

  private static String hash(String content) {
    byte[] digest = Sha256.of(content.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  private static String resource(String name) throws IOException {
    return read("/org/tessera/jobs/report/" + name);
  }

  private static String read(String path) throws IOException {
    try (InputStream in = open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(String path) throws IOException {
    InputStream in = ReportPage.class.getResourceAsStream(path);
    if (in == null) {
      throw new IOException("Cannot find " + path + " in the program (build it again)");
    }
    return in;
  }
}
