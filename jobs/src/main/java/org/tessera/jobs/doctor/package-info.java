/** Whether a machine, a cluster and a storage are ready. */
package org.tessera.jobs.doctor;
