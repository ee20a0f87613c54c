/** The commands, one class each. */
package org.tessera.jobs.command;
