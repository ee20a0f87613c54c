/**
 * Devices: from what a user asked for and what the cluster gave to settings that an engine applies
 * before its native library loads. Plain functions; they have not yet been run on a GPU.
 */
package org.tessera.model.device;
