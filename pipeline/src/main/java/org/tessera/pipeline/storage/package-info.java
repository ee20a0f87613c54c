/** Storage: the few file operations that runs rest on, over any Hadoop file system. */
package org.tessera.pipeline.storage;
