/** Front-ends: the named steps from a decoded file to a model's input. */
package org.tessera.udf.frontend;
