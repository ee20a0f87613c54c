/** The demo: the whole chain on a small generated corpus. */
package org.tessera.jobs.demo;
