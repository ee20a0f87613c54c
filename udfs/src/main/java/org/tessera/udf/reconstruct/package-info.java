/** Reconstruction: decoded model outputs back to files people open, and how close they are. */
package org.tessera.udf.reconstruct;
