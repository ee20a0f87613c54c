"""Checks conf/kubernetes: Kubernetes' own kinds against its schemas, strictly; a SparkApplication, whose schema no registry
has, against the fields of its API (sparkoperator.k8s.io/v1beta2) that are known here, and what is Kubernetes' own in it as
a part of a Pod. Wrong manifests must be found wrong too."""

import copy
import pathlib
import sys

import kubernetes_validate
import yaml

VERSION = "1.34"
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "conf" / "kubernetes"

TEXT, NUMBER, FLAG, MAP, LIST = str, int, bool, dict, list
POD = {"envFrom": LIST, "env": LIST, "volumeMounts": LIST, "tolerations": LIST, "labels": MAP, "serviceAccount": TEXT}
SIZE = {"cores": NUMBER, "coreLimit": TEXT, "memory": TEXT, "memoryOverhead": TEXT}
SPEC = {
    "type": {"Java", "Scala", "Python", "R"},
    "mode": {"cluster", "client"},
    "sparkVersion": TEXT,
    "image": TEXT,
    "imagePullPolicy": {"Always", "IfNotPresent", "Never"},
    "mainClass": TEXT,
    "mainApplicationFile": TEXT,
    "arguments": LIST,
    "sparkConf": MAP,
    "hadoopConf": MAP,
    "restartPolicy": {
        "type": {"Never", "OnFailure", "Always"},
        "onFailureRetries": NUMBER,
        "onFailureRetryInterval": NUMBER,
        "onSubmissionFailureRetries": NUMBER,
        "onSubmissionFailureRetryInterval": NUMBER,
    },
    "timeToLiveSeconds": NUMBER,
    "volumes": LIST,
    "driver": SIZE | POD,
    "executor": SIZE | POD | {"instances": NUMBER, "gpu": {"name": TEXT, "quantity": NUMBER}},
}
REQUIRED = ("type", "mode", "sparkVersion", "image", "mainApplicationFile", "restartPolicy", "driver", "executor")


def check(value, kind, path):
    if isinstance(kind, dict):
        assert isinstance(value, dict), f"{path} is no mapping"
        for key, inner in value.items():
            assert key in kind, f"{path}.{key} is no field"
            check(inner, kind[key], f"{path}.{key}")
    elif isinstance(kind, set):
        assert value in kind, f"{path} is {value}, not one of {sorted(kind)}"
    else:
        assert type(value) is kind, f"{path} is a {type(value).__name__}, not a {kind.__name__}"
        if kind in (MAP, LIST):
            inner = value.items() if kind is MAP else [(n, v) for n, v in enumerate(value) if not isinstance(v, dict)]
            for key, text in inner:
                assert isinstance(text, str), f"{path}.{key} is no text (put it in quotes)"


def pod_of(part, volumes):
    """The pod that a driver or executor becomes."""
    container = {"name": "spark", "image": "any"} | {k: part[k] for k in ("env", "envFrom", "volumeMounts") if k in part}
    spec = {"containers": [container], "volumes": volumes, "tolerations": part.get("tolerations", [])}
    metadata = {"name": "any", "labels": part.get("labels", {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def validate(manifest):
    if manifest["kind"] != "SparkApplication":
        kubernetes_validate.validate(manifest, VERSION, strict=True)
        return
    assert manifest["apiVersion"] == "sparkoperator.k8s.io/v1beta2", manifest["apiVersion"]
    assert set(manifest) == {"apiVersion", "kind", "metadata", "spec"}, sorted(manifest)
    spec = manifest["spec"]
    check(spec, SPEC, "spec")
    for field in REQUIRED:
        assert field in spec, f"spec.{field} is missing"
    volumes = spec.get("volumes", [])
    for name in ("driver", "executor"):
        pod = pod_of(spec[name], volumes)
        kubernetes_validate.validate(pod, VERSION, strict=True)
        for mount in spec[name].get("volumeMounts", []):
            assert mount["name"] in {volume["name"] for volume in volumes}, f"spec.{name}: no volume {mount['name']}"


def refused(manifest):
    try:
        validate(manifest)
    except (AssertionError, kubernetes_validate.ValidationError):
        return True
    return False


def changed(manifest, path, value):
    wrong = copy.deepcopy(manifest)
    place = wrong
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return wrong


manifests = {}
for file in sorted(FOLDER.glob("*.yaml")):
    for number, manifest in enumerate(yaml.safe_load_all(file.read_text())):
        try:
            validate(manifest)
        except (AssertionError, kubernetes_validate.ValidationError) as error:
            sys.exit(f"{file.name}, document {number + 1}: {error}")
        manifests[f"{file.name}#{number}"] = manifest

application, pod = manifests["tokenize-gpu.yaml#0"], manifests["driver-pod.yaml#0"]
for wrong in (
    changed(application, ("spec", "executor", "gpus"), 1),
    changed(application, ("spec", "executor", "memory"), 8),
    changed(application, ("spec", "restartPolicy", "type"), "Sometimes"),
    changed(application, ("spec", "executor", "volumeMounts"), [{"name": "scratch", "path": "/tmp"}]),
    changed(application, ("spec", "volumes"), []),
    changed(application, ("spec", "arguments"), ["--wave-inputs", 5]),
    changed(pod, ("spec", "containers", 0, "envfrom"), []),
    changed(pod, ("spec", "containers"), None),
    changed(manifests["rbac.yaml#1"], ("rules", 0, "verb"), ["get"]),
):
    assert refused(wrong), wrong
print(f"{len(manifests)} passed, 0 failed")
