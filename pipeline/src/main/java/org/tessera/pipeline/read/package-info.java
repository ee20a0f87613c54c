/** Reading planned inputs: checked against the plan, hashed, in memory or spooled. */
package org.tessera.pipeline.read;
