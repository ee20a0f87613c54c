"""Checks an unpacked release: release.py RELEASE SPARK_JARS

- no class of Tessera's jars is in one of Spark's, nor in another of Tessera's;
- the SBOM names each jar by its SHA-256;
- the sizes are told, and bounded.
"""

import hashlib
import json
import pathlib
import sys
import zipfile

MEGABYTE = 1_000_000


def classes(jar):
    with zipfile.ZipFile(jar) as archive:
        return {
            name
            for name in archive.namelist()
            if name.endswith(".class") and not name.startswith("META-INF/") and name != "module-info.class"
        }


def duplicates(ours, theirs):
    where = {}
    for jar in theirs:
        for name in classes(jar):
            where.setdefault(name, jar.name)
    found = []
    for jar in ours:
        for name in sorted(classes(jar)):
            if name in where:
                found.append(f"{name} is in {jar.name} and {where[name]}")
            where[name] = jar.name
    return found


def main():
    release, spark = map(pathlib.Path, sys.argv[1:])
    application = release / "lib" / "tessera.jar"
    natives = sorted((release / "lib" / "natives").glob("*.jar"))
    connector = sorted((release / "lib" / "s3").glob("*.jar"))
    embedded = sorted((release / "lib" / "spark").glob("*.jar"))
    problems = []

    spark_jars = sorted(spark.glob("*.jar"))
    assert len(spark_jars) > 200 and natives and connector and embedded, "the jars are not where they should be"
    for theirs in (spark_jars, embedded):
        problems += duplicates([application, *natives, *connector], theirs)

    sbom = json.loads((release / "sbom.json").read_text())
    listed = {
        digest["content"]
        for component in sbom["components"]
        for digest in component.get("hashes", [])
        if digest["alg"] == "SHA-256"
    }
    for jar in [*natives, *connector, *embedded]:
        if hashlib.sha256(jar.read_bytes()).hexdigest() not in listed:
            problems.append(f"{jar.name} is not in sbom.json")
    without_licence = [c["name"] for c in sbom["components"] if not c.get("licenses")]

    def size(files):
        return sum(file.stat().st_size for file in files) / MEGABYTE

    print(
        f"{release.name}: application {size([application]):.0f} MB, natives {size(natives):.0f} MB,"
        f" S3A connector {size(connector):.0f} MB, Spark {size(embedded):.0f} MB; {len(sbom['components'])} components in the SBOM,"
        f" {len(without_licence)} of them state no licence"
    )
    if size([application]) > 20 or size(natives) > 350 or size(embedded) > 400:
        problems.append("The release has grown: say why, and raise the bound")
    if problems:
        sys.exit("\n".join(problems[:40]))


main()
