package org.tessera.pipeline.spark;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;

/**
 * The local disk under the scheme {@code denied}: folders named {@code locked} may not be listed,
 * and none may be made below one named {@code read-only}; not even by root.
 */
public final class DeniedDisk extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("denied:///");
  }

  @Override
  public String getScheme() {
    return "denied";
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    if (folder.getName().equals("locked")) {
      throw new AccessControlException("Permission denied: " + folder);
    }
    return super.listStatus(folder);
  }

  @Override
  public boolean mkdirs(Path folder) throws IOException {
    if (folder.toString().contains("/read-only/")) {
      throw new AccessControlException("Permission denied: " + folder);
    }
    return super.mkdirs(folder);
  }

  @Override
  public boolean mkdirs(Path folder, FsPermission permission) throws IOException {
    return mkdirs(folder);
  }
}
