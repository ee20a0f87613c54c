/** Sound: from files of any usual format to model inputs, and decoded signals back to files. */
package org.tessera.udf.audio;
