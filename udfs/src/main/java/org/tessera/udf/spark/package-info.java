/** What lives in each executor JVM, and the adapters that Spark calls. */
package org.tessera.udf.spark;
