package org.tessera.jobs.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP proxy before an S3 server that spoils a share of the requests: before they reach the
 * server (503 SlowDown, 500, a reset connection) or on the way back (a body that ends early, bytes
 * that trickle). One request a time on each connection.
 */
final class FaultProxy implements AutoCloseable {
  /** What happens to a request. */
  enum Fault {
    NONE,
    SLOW_DOWN,
    INTERNAL_ERROR,
    RESET,
    TRUNCATED,
    SLOW,
    DENIED
  }

  /** Decides what happens to a request, from its method and path. */
  @FunctionalInterface
  interface Chooser {
    Fault choose(String method, String path);
  }

  private final ServerSocket listener;
  private final int target;
  private final ExecutorService threads = Executors.newCachedThreadPool(FaultProxy::daemon);
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private volatile Chooser chooser = (method, path) -> Fault.NONE;

  private FaultProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Starts a proxy before the server on a port of this machine. */
  static FaultProxy before(int target) throws IOException {
    FaultProxy proxy =
        new FaultProxy(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), target);
    proxy.threads.execute(proxy::listen);
    return proxy;
  }

  /** Spoils a share of all requests by one of some faults, by a seeded generator. */
  void spoil(double share, long seed, Fault... kinds) {
    Random random = new Random(seed);
    chooser =
        (method, path) -> {
          synchronized (random) {
            return random.nextDouble() < share ? kinds[random.nextInt(kinds.length)] : Fault.NONE;
          }
        };
  }

  void choose(Chooser other) {
    chooser = other;
  }

  int port() {
    return listener.getLocalPort();
  }

  int requests() {
    return requests.get();
  }

  int faults() {
    return faults.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    return thread;
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      Head head = Head.read(in);
      while (head != null) {
        if (head.expectsContinue()) {
          client
              .getOutputStream()
              .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        byte[] body = head.readBody(in);
        requests.incrementAndGet();
        String[] line = head.lines.get(0).split(" ");
        Fault fault = chooser.choose(line[0], line[1]);
        if (fault != Fault.NONE) {
          faults.incrementAndGet();
        }
        if (!answer(client, head, body, fault)) {
          return;
        }
        head = Head.read(in);
      }
    } catch (IOException e) {
      // The client or the server hung up: what a proxy sees every day.
      return;
    }
  }

  /** Whether the connection goes on. */
  private boolean answer(Socket client, Head head, byte[] body, Fault fault) throws IOException {
    OutputStream out = client.getOutputStream();
    switch (fault) {
      case SLOW_DOWN:
        error(out, "503 Slow Down", "SlowDown", "Please reduce your request rate.");
        return true;
      case INTERNAL_ERROR:
        error(out, "500 Internal Server Error", "InternalError", "We encountered an error.");
        return true;
      case DENIED:
        error(out, "403 Forbidden", "AccessDenied", "Access Denied");
        return true;
      case RESET:
        client.setSoLinger(true, 0);
        return false;
      default:
        return forward(out, head, body, fault);
    }
  }

  private static void error(OutputStream out, String status, String code, String message)
      throws IOException {
    byte[] body =
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
                + code
                + "</Code><Message>"
                + message
                + "</Message><RequestId>chaos</RequestId></Error>")
            .getBytes(StandardCharsets.UTF_8);
    out.write(
        ("HTTP/1.1 "
                + status
                + "\r\nContent-Type: application/xml\r\nContent-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  private boolean forward(OutputStream out, Head head, byte[] body, Fault fault)
      throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      OutputStream request = server.getOutputStream();
      request.write(head.forwarded());
      request.write(body);
      request.flush();
      byte[] answer = server.getInputStream().readAllBytes();
      int bodyStart = Head.end(answer);
      if (fault == Fault.TRUNCATED && answer.length > bodyStart) {
        out.write(answer, 0, bodyStart + (answer.length - bodyStart) / 2);
        out.flush();
        return false;
      }
      if (fault == Fault.SLOW) {
        trickle(out, answer);
      } else {
        out.write(answer);
      }
      out.flush();
      // The server closes after each answer, and says so in it.
      return false;
    }
  }

  private static void trickle(OutputStream out, byte[] answer) throws IOException {
    int pieces = 20;
    for (int i = 0; i < pieces; i++) {
      int from = (int) ((long) answer.length * i / pieces);
      int to = (int) ((long) answer.length * (i + 1) / pieces);
      out.write(answer, from, to - from);
      out.flush();
      try {
        Thread.sleep(25);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Cannot trickle: interrupted", e);
      }
    }
  }

  /** The head of an HTTP message. */
  private static final class Head {
    private final List<String> lines;

    Head(List<String> lines) {
      this.lines = lines;
    }

    static Head read(InputStream in) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int next = in.read();
      while (next >= 0) {
        bytes.write(next);
        if (next == '\n' && end(bytes.toByteArray()) == bytes.size()) {
          return new Head(
              List.of(bytes.toString(StandardCharsets.ISO_8859_1).trim().split("\r\n")));
        }
        next = in.read();
      }
      return null;
    }

    /** Where the head ends; the length when it does not. */
    static int end(byte[] message) {
      for (int i = 3; i < message.length; i++) {
        if (message[i] == '\n' && message[i - 1] == '\r' && message[i - 2] == '\n') {
          return i + 1;
        }
      }
      return message.length < 4 ? -1 : message.length + 1;
    }

    boolean expectsContinue() {
      return lines.stream()
          .anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("expect: 100-continue"));
    }

    byte[] readBody(InputStream in) throws IOException {
      long length = 0;
      for (String line : lines) {
        String lower = line.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Long.parseLong(lower.substring(15).trim());
        } else if (lower.startsWith("transfer-encoding:")) {
          throw new IOException("Cannot forward " + line + ": only bodies of known length");
        }
      }
      byte[] body = in.readNBytes((int) length);
      if (body.length < length) {
        throw new EOFException("Cannot read the whole request");
      }
      return body;
    }

    byte[] forwarded() {
      List<String> kept = new ArrayList<>();
      for (String line : lines) {
        String lower = line.toLowerCase(Locale.ROOT);
        // The body is here already, and the server is to close after its answer.
        if (!lower.startsWith("connection:") && !lower.startsWith("expect:")) {
          kept.add(line);
        }
      }
      kept.add("Connection: close");
      return (String.join("\r\n", kept) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
  }
}
