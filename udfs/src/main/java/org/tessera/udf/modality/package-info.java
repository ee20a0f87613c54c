/** The one place that knows which classes serve which modality. */
package org.tessera.udf.modality;
