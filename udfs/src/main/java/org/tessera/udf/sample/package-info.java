/** Samples: what identifies one, what becomes of it, and why it may be rejected. */
package org.tessera.udf.sample;
