"""Makes the small recordings beside this file and what MNE reads from them (readers.tsv).

    python recipe.py [CORPUS]

With CORPUS, the folder of the shared test corpus, it also writes corpus.tsv: what MNE reads from
the recordings there. Made with Python 3.11, mne 1.13.2, numpy 2.4.6, scipy 1.17.1, h5py 3.16.0,
pymatreader 1.3.2.

A line of a table is one channel: file, channel number, name, type, rate, number of samples,
SHA-256 of the samples as little-endian float64, then the first and last sample. The digest makes
the claim: every sample is equal to MNE's, bit by bit.
"""

import hashlib
import pathlib
import struct
import sys
import warnings

import h5py
import mne
import numpy as np
import scipy.io

HERE = pathlib.Path(__file__).parent
warnings.simplefilter("ignore")
mne.set_log_level("ERROR")


def edf(name, signals, records, seconds, reserved="", magic=b"0       ", width=2):
    """Writes an EDF or BDF file; a signal is (label, unit, range, digital range, per record, rows)."""
    n = len(signals)

    def field(value, length):
        return str(value).encode("latin-1")[:length].ljust(length)

    head = magic + field("X X X X", 80) + field("Startdate 01-JAN-2020 X X X", 80)
    head += b"01.01.20" + b"10.11.12" + field(256 * (n + 1), 8) + field(reserved, 44)
    head += field(records, 8) + field(seconds, 8) + field(n, 4)
    head += b"".join(field(s[0], 16) for s in signals)
    head += b"".join(field("", 80) for s in signals)
    head += b"".join(field(s[1], 8) for s in signals)
    for k in (0, 1):
        head += b"".join(field(s[2][k], 8) for s in signals)
    for k in (0, 1):
        head += b"".join(field(s[3][k], 8) for s in signals)
    head += b"".join(field("", 80) for s in signals)
    head += b"".join(field(s[4], 8) for s in signals)
    head += b"".join(field("", 32) for s in signals)
    body = b""
    for record in range(records):
        for s in signals:
            row = s[5][record]
            if isinstance(row, bytes):
                body += row.ljust(s[4] * width, b"\0")
            else:
                body += b"".join(struct.pack("<i", int(v))[:width] for v in row)
    (HERE / name).write_bytes(head + body)


def tal(onset, *entries):
    out = f"{onset:+g}\x14\x14\0".encode()
    for text, at, duration in entries:
        out += f"{at:+g}".encode()
        out += f"\x15{duration:g}".encode() if duration is not None else b""
        out += b"\x14" + text.encode() + b"\x14\0"
    return out


def make_edf():
    rng = np.random.default_rng(1)

    def rows(records, n, low, high):
        return rng.integers(low, high + 1, (records, n))

    d16 = (-32768, 32767)
    edf("uneven.edf", [
        ("EEG Fp1-REF", "uV", (-3276.8, 3276.7), d16, 100, rows(4, 100, *d16)),
        ("EEG Fp2-REF", "mV", (-5, 5), (-2048, 2047), 50, rows(4, 50, -2048, 2047)),
        ("Temp rectal", "degC", (34.4, 40.2), (-2048, 2047), 1, rows(4, 1, -2048, 2047)),
        ("EEG Cz-REF", "\u00b5V", (-100, 200), (-2048, 2047), 20, rows(4, 20, -2048, 2047)),
    ], 4, 1)
    edf("plus_c.edf", [
        ("Fp1", "uV", (-500, 500), d16, 64, rows(3, 64, *d16)),
        ("Fp1", "uV", (-500, 500), d16, 64, rows(3, 64, *d16)),
        ("Trigger", "", (0, 65535), (0, 32767), 64, rows(3, 64, 0, 32767)),
        ("EDF Annotations", "", (-1, 1), d16, 60, [
            tal(0.25, ("Augen zu \u4e2d", 0.5, None), ("spike", 0.75, 0.125)),
            tal(1.25, ("spike@@Fp1-0", 1.5, 0.5), ("spike@@Fp1-1", 1.5, 0.5)),
            tal(2.25, ("end", 3, None)),
        ]),
    ], 3, 1, "EDF+C")
    edf("plus_d.edf", [
        ("C3", "uV", (-500, 500), d16, 64, rows(5, 64, *d16)),
        ("C4", "uV", (-500, 500), d16, 64, rows(5, 64, *d16)),
        ("EDF Annotations", "", (-1, 1), d16, 30, [
            tal(0), tal(0.5, ("seizure", 0.75, 9)), tal(10), tal(10.5), tal(30.25),
        ]),
    ], 5, 0.5, "EDF+D")
    d24 = (-8388608, 8388607)
    edf("plus.bdf", [
        ("A1", "uV", (-262144, 262143), d24, 128, rows(2, 128, *d24)),
        ("A2", "uV", (-262144, 262143), d24, 128, rows(2, 128, *d24)),
        ("Status", "Boolean", d24, d24, 128, rows(2, 128, *d24)),
        ("BDF Annotations", "", (-1, 1), d24, 20, [
            tal(0, ("start", 0.125, None)), tal(1, ("stop", 1.75, None)),
        ]),
    ], 2, 1, "BDF+C", b"\xffBIOSEMI", 3)


def brainvision(name, channels, fmt, orientation, values, extra="", markers=(), encoding="utf-8"):
    """Writes a triple; a channel is (name, resolution, unit), values are [channels, samples]."""
    stem = name.removesuffix(".vhdr")
    head = "Brain Vision Data Exchange Header File Version 1.0\r\n; made by recipe.py\r\n\r\n"
    head += "[Common Infos]\r\n"
    head += "Codepage=UTF-8\r\n" if encoding == "utf-8" else ""
    head += f"DataFile={stem}.eeg\r\nMarkerFile={stem}.vmrk\r\nDataFormat=BINARY\r\n"
    head += f"DataOrientation={orientation}\r\nNumberOfChannels={len(channels)}\r\n"
    head += "SamplingInterval=4000\r\n"
    head += f"DataPoints={values.shape[1]}\r\n" if orientation == "VECTORIZED" else ""
    head += f"\r\n[Binary Infos]\r\nBinaryFormat={fmt}\r\n\r\n[Channel Infos]\r\n"
    for k, (label, resolution, unit) in enumerate(channels):
        head += f"Ch{k + 1}={label},,{resolution},{unit}\r\n"
    (HERE / name).write_bytes((head + extra).encode(encoding))
    text = "Brain Vision Data Exchange Marker File, Version 1.0\r\n\r\n[Common Infos]\r\n"
    text += f"DataFile={stem}.eeg\r\n\r\n[Marker Infos]\r\n"
    for k, mark in enumerate(markers):
        text += f"Mk{k + 1}={mark}\r\n"
    (HERE / f"{stem}.vmrk").write_bytes(text.encode(encoding))
    dtype = {"INT_16": "<i2", "INT_32": "<i4", "IEEE_FLOAT_32": "<f4"}[fmt]
    ordered = values.T if orientation == "MULTIPLEXED" else values
    (HERE / f"{stem}.eeg").write_bytes(np.ascontiguousarray(ordered).astype(dtype).tobytes())


def make_brainvision():
    rng = np.random.default_rng(2)
    brainvision(
        "int16.vhdr",
        [("Fp1", "0.5", "\u00b5V"), ("a\\1b", "", "mV"), ("VEOGb", "1", "\u00b5V"),
         ("GSR", "0.25", "\u00b5S"), ("Cz", "0.0488281", "")],
        "INT_16", "MULTIPLEXED", rng.integers(-32768, 32768, (5, 300)),
        "\r\n[Coordinates]\r\nCh1=1,-90,-72\r\nCh2=1,45,0\r\nCh3=0,0,0\r\nCh4=0,0,0\r\n"
        "Ch5=85,0,0\r\n\r\n[Comment]\r\nChannels\r\n--------\r\n",
        ("New Segment,,1,1,0,20200101101112000000", "Stimulus,S  1,11,1,0",
         "New Segment,,151,1,0,20200101101212000000", "Comment,a\\1 b,200,25,0"))
    brainvision(
        "float32.vhdr",
        [("C3", "1", "nV"), ("C4", "2", "V"), ("O1", "0.1", "\u00b5V")],
        "IEEE_FLOAT_32", "VECTORIZED", rng.standard_normal((3, 200)) * 1e3,
        markers=("New Segment,,1,1,0,20200101101112000000",), encoding="latin-1")
    brainvision(
        "int32.vhdr", [("C3", "0.001", "\u00b5V"), ("C4", "0.001", "\u00b5V")],
        "INT_32", "MULTIPLEXED", rng.integers(-2**31, 2**31, (2, 250)))


def make_fif():
    rng = np.random.default_rng(3)
    names = ["EEG 001", "EEG 002", "MEG 0111", "MEG 0112", "EOG 061", "STI 014",
             "a channel with a long name"]
    kinds = ["eeg", "eeg", "mag", "grad", "eog", "stim", "eeg"]
    info = mne.create_info(names, 200.0, kinds)
    info["bads"] = ["EEG 002", "a channel with a long name"]
    data = rng.standard_normal((7, 500)) * np.array([[1e-5, 2e-5, 1e-12, 1e-11, 1e-4, 0, 3e-5]]).T
    data[5] = rng.integers(0, 8, 500)
    for fmt in ("short", "int", "single", "double"):
        raw = mne.io.RawArray(data, info.copy(), first_samp=1000)
        raw.set_meas_date(1_600_000_000.25)
        raw.set_montage(mne.channels.make_dig_montage(
            {"EEG 001": [0.01, 0.02, 0.09], "EEG 002": [0.03, -0.02, 0.08]}, coord_frame="head"),
            on_missing="ignore")
        raw.set_annotations(mne.Annotations(
            [0.5, 1.25], [0.25, 0], ["a:b", "blink"], ch_names=[(), ("EEG 001",)]))
        raw.save(HERE / f"{fmt}_raw.fif", fmt=fmt, buffer_size_sec=0.3, overwrite=True)
    # A recording that was paused for two buffers, as an Elekta machine writes it.
    plain = mne.io.RawArray(data[:2], mne.create_info(names[:2], 200.0, kinds[:2]))
    plain.save(HERE / "skip_raw.fif", fmt="single", buffer_size_sec=0.5, overwrite=True)
    bytes_ = (HERE / "skip_raw.fif").read_bytes()
    buffer = struct.pack(">iIi", 300, 4, 100 * 2 * 4)
    second = bytes_.index(buffer, bytes_.index(buffer) + 1)
    skip = struct.pack(">iIiii", 301, 3, 4, 0, 2)
    # Directory and its pointers would be wrong now: the walk is by the order of the tags.
    pointer = bytes_.index(struct.pack(">iIi", 101, 3, 4))
    patched = bytes_[:pointer + 16] + struct.pack(">i", -1) + bytes_[pointer + 20:]
    (HERE / "skip_raw.fif").write_bytes(patched[:second] + skip + patched[second:])


def struct_array(rows):
    names = list(rows[0])
    array = np.empty((1, len(rows)), dtype=[(n, object) for n in names])
    for k, row in enumerate(rows):
        for n in names:
            array[0, k][n] = row[n]
    return array


def eeglab_fields(channels, points, trials=1):
    places = [(0.1 * k, 0.05 * k - 0.08, 0.09) for k in range(channels)]
    locs = [dict(labels=f"C{k}", type="EOG" if k == 1 else "", X=x, Y=y, Z=z, urchan=float(k + 1))
            for k, (x, y, z) in enumerate(places)]
    locs[-1].update(X=np.zeros((0, 0)), Y=np.zeros((0, 0)), Z=np.zeros((0, 0)))
    events = [dict(type="square", latency=11.0, duration=5.0),
              dict(type="boundary", latency=60.5, duration=100.0),
              dict(type=7.0, latency=81.25, duration=np.zeros((0, 0)))]
    return dict(setname="made by recipe.py", nbchan=float(channels), trials=float(trials),
                pnts=float(points), srate=128.0, xmin=0.0, xmax=(points - 1) / 128.0,
                icaact=np.zeros((0, 0)), chanlocs=struct_array(locs), event=struct_array(events),
                ref="common", etc=struct_array([dict(eeglabvers="recipe")]))


def make_eeglab():
    rng = np.random.default_rng(4)
    data = (rng.standard_normal((4, 150)) * 20).astype("f4")
    fields = eeglab_fields(4, 150)
    scipy.io.savemat(HERE / "inside.set", {"EEG": {**fields, "data": data}}, appendmat=False)
    scipy.io.savemat(HERE / "fields.set", {**fields, "data": data.astype("f8") + 1e-3},
                     appendmat=False, do_compression=True)
    scipy.io.savemat(HERE / "beside.set", {"EEG": {**fields, "data": "beside.fdt"}},
                     appendmat=False, do_compression=True)
    data.T.astype("<f4").tofile(HERE / "beside.fdt")
    make_hdf5({**fields, "data": data})


def make_hdf5(fields):
    """The layout that MATLAB 7.3 gives a struct: groups, references and class attributes."""
    path = HERE / "v73.set"
    with h5py.File(path, "w", userblock_size=512) as out:
        refs = out.create_group("#refs#")

        def store(group, name, value):
            if isinstance(value, str):
                codes = np.array([[ord(c)] for c in value] or [[0, 0]], "u2")
                node = group.create_dataset(name, data=codes)
                node.attrs["MATLAB_class"] = np.bytes_("char")
                node.attrs["MATLAB_int_decode"] = np.int32(2)
                if not value:
                    node.attrs["MATLAB_empty"] = np.uint8(1)
            elif isinstance(value, np.ndarray) and value.dtype.names:
                node = group.create_group(name)
                node.attrs["MATLAB_class"] = np.bytes_("struct")
                for n in value.dtype.names:
                    if value.size == 1:
                        store(node, n, value[0, 0][n])
                        continue
                    links = []
                    for k in range(value.size):
                        links.append([store(refs, f"r{len(refs)}", value[0, k][n]).ref])
                    node.create_dataset(n, data=np.array(links, dtype=h5py.ref_dtype))
            else:
                array = np.atleast_2d(np.asarray(value))
                empty = array.size == 0
                node = group.create_dataset(
                    name, data=np.array(array.shape, "u8") if empty else array.T,
                    **({} if array.size < 100 else dict(chunks=True, compression=3)))
                node.attrs["MATLAB_class"] = np.bytes_(
                    "single" if array.dtype == np.float32 else "double")
                if empty:
                    node.attrs["MATLAB_empty"] = np.uint8(1)
            return node

        eeg = out.create_group("EEG")
        eeg.attrs["MATLAB_class"] = np.bytes_("struct")
        for name, value in fields.items():
            store(eeg, name, value)
    with open(path, "r+b") as out:
        out.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116) + b" " * 8 + b"\x00\x02IM")


def read(path):
    name = path.name.lower()
    if name.endswith(".edf"):
        return mne.io.read_raw_edf(path, preload=True)
    if name.endswith(".bdf"):
        return mne.io.read_raw_bdf(path, preload=True)
    if name.endswith(".vhdr"):
        return mne.io.read_raw_brainvision(path, preload=True)
    if name.endswith(".set"):
        return mne.io.read_raw_eeglab(path, preload=True)
    return mne.io.read_raw_fif(path, preload=True)


def rows(path, raw):
    """Each channel at its own rate: where an EDF file has several, they are read one by one."""
    extras = raw._raw_extras[0]
    if path.suffix in (".edf", ".bdf") and len(set(extras["n_samps"][extras["sel"]])) > 1:
        for k, name in enumerate(raw.ch_names):
            one = mne.io.read_raw_edf(path, include=[name], preload=True)
            yield k, name, one.get_channel_types()[0], one.info["sfreq"], one.get_data()[0]
        return
    types = raw.get_channel_types()
    skips = "BAD_ACQ_SKIP" in raw.annotations.description
    for k, row in enumerate(raw.get_data(reject_by_annotation="omit" if skips else None)):
        yield k, raw.ch_names[k], types[k], raw.info["sfreq"], row


def describe(path, relative, out, marks):
    raw = read(path)
    for k, name, kind, rate, row in rows(path, raw):
        digest = hashlib.sha256(row.astype("<f8").tobytes()).hexdigest()
        out.write("\t".join([
            relative, str(k), name, kind, repr(float(rate)),
            str(len(row)), digest, repr(float(row[0])), repr(float(row[-1])),
        ]) + "\n")
    for a in raw.annotations:
        if a["description"] == "BAD_ACQ_SKIP":
            continue
        onset = a["onset"] - (raw.first_time if raw.annotations.orig_time is not None else 0)
        # Of a number MNE makes "7" or "7.0", by how the file stores it; Tessera always makes "7".
        text = "7" if a["description"] == "7.0" else a["description"]
        marks.write("\t".join([
            relative, repr(float(onset)), repr(float(a["duration"])), text,
            ",".join(a.get("ch_names", ())),
        ]) + "\n")


def tables(prefix, root, paths):
    with open(HERE / f"{prefix}.tsv", "w") as out, open(HERE / f"{prefix}-marks.tsv", "w") as marks:
        for path in paths:
            describe(path, path.relative_to(root).as_posix(), out, marks)


if __name__ == "__main__":
    make_edf()
    make_brainvision()
    make_fif()
    make_eeglab()
    tables("readers", HERE, sorted(
        p for p in HERE.iterdir() if p.suffix in (".edf", ".bdf", ".vhdr", ".set", ".fif")))
    if len(sys.argv) > 1:
        corpus = pathlib.Path(sys.argv[1])
        tables("corpus", corpus, sorted(
            p for p in (corpus / "eeg").rglob("*")
            if p.suffix in (".edf", ".bdf", ".vhdr", ".set", ".fif")))
