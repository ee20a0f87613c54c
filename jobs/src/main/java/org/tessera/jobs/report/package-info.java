/** The report: one HTML file that shows an output to people, without a network. */
package org.tessera.jobs.report;
