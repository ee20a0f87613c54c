package org.tessera.udf.points.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.tessera.udf.sample.SampleException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * The XML section of an E57 file. A document type is refused, and with it every entity; nothing
 * outside of the file is ever read.
 */
final class E57Xml {
  private final String format;
  private final long offset;

  private E57Xml(String format, long offset) {
    this.format = format;
    this.offset = offset;
  }

  /**
   * The scans.
   *
   * @param offset where the XML begins in the file, for messages
   */
  static List<E57Scan> scans(byte[] xml, String format, long offset) throws SampleException {
    return new E57Xml(format, offset).scans(xml);
  }

  private List<E57Scan> scans(byte[] xml) throws SampleException {
    Element root = parse(xml);
    Element data = child(root, "data3D");
    List<E57Scan> scans = new ArrayList<>();
    if (data != null) {
      for (Element scan : children(data)) {
        Element points = child(scan, "points");
        if (points != null) {
          scans.add(scan(scan, points));
        }
      }
    }
    return scans;
  }

  private Element parse(byte[] xml) throws SampleException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new DefaultHandler());
      return builder.parse(new ByteArrayInputStream(xml)).getDocumentElement();
    } catch (SAXParseException e) {
      throw bad("its XML is wrong in line " + e.getLineNumber() + ": " + e.getMessage());
    } catch (SAXException | IOException e) {
      throw bad("its XML is wrong: " + e.getMessage());
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("Cannot make a strict XML parser (use the JDK's)", e);
    }
  }

  private E57Scan scan(Element scan, Element points) throws SampleException {
    Element prototype = child(points, "prototype");
    Element codecs = child(points, "codecs");
    if (prototype == null) {
      throw bad("a scan has no prototype");
    }
    if (codecs != null && !children(codecs).isEmpty()) {
      throw Bad.unsupported(
          format, "its points use a codec other than bit packing (write it again)", offset);
    }
    List<E57Scan.Field> fields = new ArrayList<>();
    for (Element field : children(prototype)) {
      fields.add(field(field));
    }
    long count = attribute(points, "recordCount", -1);
    if (count < 0) {
      throw bad("a scan has " + count + " points");
    }
    return new E57Scan(
        count, attribute(points, "fileOffset", -1), fields, pose(scan), colorMax(scan, fields));
  }

  private E57Scan.Field field(Element element) throws SampleException {
    String type = element.getAttribute("type");
    if (type.equals("Float")) {
      boolean single = element.getAttribute("precision").equals("single");
      return new E57Scan.Field(
          element.getNodeName(), single ? E57Scan.Kind.SINGLE : E57Scan.Kind.DOUBLE, 0, 0, 1, 0);
    }
    long minimum = attribute(element, "minimum", Long.MIN_VALUE);
    long maximum = attribute(element, "maximum", Long.MAX_VALUE);
    if (maximum < minimum) {
      throw bad("field " + element.getNodeName() + " goes from " + minimum + " to " + maximum);
    }
    return switch (type) {
      case "Integer" ->
          new E57Scan.Field(element.getNodeName(), E57Scan.Kind.INTEGER, minimum, maximum, 1, 0);
      case "ScaledInteger" ->
          new E57Scan.Field(
              element.getNodeName(),
              E57Scan.Kind.SCALED,
              minimum,
              maximum,
              number(element.getAttribute("scale"), 1),
              number(element.getAttribute("offset"), 0));
      default -> throw bad("field " + element.getNodeName() + " has the type \"" + type + "\"");
    };
  }

  private double[] pose(Element scan) throws SampleException {
    Element pose = child(scan, "pose");
    if (pose == null) {
      return null;
    }
    double[] values = {1, 0, 0, 0, 0, 0, 0};
    Element rotation = child(pose, "rotation");
    if (rotation != null) {
      String[] names = {"w", "x", "y", "z"};
      for (int i = 0; i < 4; i++) {
        values[i] = value(rotation, names[i], 0);
      }
    }
    Element translation = child(pose, "translation");
    if (translation != null) {
      String[] names = {"x", "y", "z"};
      for (int i = 0; i < 3; i++) {
        values[4 + i] = value(translation, names[i], 0);
      }
    }
    return values;
  }

  private double colorMax(Element scan, List<E57Scan.Field> fields) throws SampleException {
    Element limits = child(scan, "colorLimits");
    double stated = limits == null ? 0 : value(limits, "colorRedMaximum", 0);
    if (stated > 0) {
      return stated;
    }
    for (E57Scan.Field field : fields) {
      if (field.name().equals("colorRed")) {
        return field.kind() == E57Scan.Kind.INTEGER && field.maximum() > 0 ? field.maximum() : 1;
      }
    }
    return 255;
  }

  private double value(Element parent, String name, double missing) throws SampleException {
    Element element = child(parent, name);
    return element == null ? missing : number(element.getTextContent(), missing);
  }

  private double number(String text, double missing) throws SampleException {
    try {
      return text.isBlank() ? missing : Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw bad("\"" + text + "\" stands for a number");
    }
  }

  private long attribute(Element element, String name, long missing) throws SampleException {
    String text = element.getAttribute(name);
    try {
      return text.isBlank() ? missing : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw bad("attribute " + name + " is \"" + text + "\"");
    }
  }

  private SampleException bad(String what) {
    return Bad.malformed(format, what, offset);
  }

  private static Element child(Element parent, String name) {
    for (Element child : children(parent)) {
      if (child.getNodeName().equals(name)) {
        return child;
      }
    }
    return null;
  }

  private static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }
}
