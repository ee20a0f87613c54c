/** The token and reject tables: their schemas and their writers. */
package org.tessera.pipeline.tokens;
