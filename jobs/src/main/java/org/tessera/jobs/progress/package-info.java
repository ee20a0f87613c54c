/** What a person sees while a job runs. */
package org.tessera.jobs.progress;
