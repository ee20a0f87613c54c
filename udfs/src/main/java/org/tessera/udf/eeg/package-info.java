/**
 * EEG and MEG recordings: from EDF, BDF, BrainVision, EEGLAB and FIF files to model inputs and
 * back.
 */
package org.tessera.udf.eeg;
