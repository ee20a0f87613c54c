package org.tessera.udf.audio;

import org.tessera.udf.audio.signal.Signal;

/** The samples of a window as a signal; the window must not change meanwhile. */
final class WindowSignal implements Signal {
  private final Window window;
  private int at;

  WindowSignal(Window window) {
    this.window = window;
  }

  @Override
  public int rate() {
    return window.rate();
  }

  @Override
  public int channels() {
    return window.channels().length;
  }

  @Override
  public int read(float[][] target, int offset, int count) {
    float[][] channels = window.channels();
    int length = Math.min(count, channels[0].length - at);
    if (length == 0) {
      return -1;
    }
    for (int channel = 0; channel < channels.length; channel++) {
      System.arraycopy(channels[channel], at, target[channel], offset, length);
    }
    at += length;
    return length;
  }
}
