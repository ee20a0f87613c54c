/** Configuration files: strict YAML behind the command line's own options. */
package org.tessera.jobs.config;
