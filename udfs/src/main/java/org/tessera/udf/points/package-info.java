/** Point clouds and meshes: the front-end, the reconstructor and a generated corpus. */
package org.tessera.udf.points;
