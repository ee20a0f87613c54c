package org.tessera.model.bundle;

/**
 * How large a bundle may be.
 *
 * @param files the most files
 * @param bytes the most bytes, unpacked
 * @param manifestBytes the most bytes of {@code tokenizer.json}
 */
public record BundleLimits(int files, long bytes, int manifestBytes) {
  /** 10,000 files, 64 GiB, a manifest of 4 MiB. */
  public static final BundleLimits DEFAULT = new BundleLimits(10_000, 64L << 30, 4 << 20);
}
