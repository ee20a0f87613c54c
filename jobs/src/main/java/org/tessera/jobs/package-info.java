/** The {@code tessera} command: its entry point and what all commands share. */
package org.tessera.jobs;
