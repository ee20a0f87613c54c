/** What the tests of this module share. */
package org.tessera.udf.testing;
