"""The bill of materials: CycloneDX, made from the metadata of what is in the package, and from the table of what is vendored."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deb import vendored
from deb.metadata import Distribution
from deb.project import Project
from deb.target import Target

FORMAT = "1.5"


def bill(project: Project, target: Target, found: list[Distribution], packages: Path) -> bytes:
    """JSON. Components are distributions from the package index, beneath them the shared libraries that each brings along; and other
    people's files in our own tree."""
    ours = next(each for each in found if each.key == project.name)
    others = [each for each in found if each is not ours]
    known = {each.key for each in found}
    parts = vendored.components()
    dependencies = [{"ref": _url(each), "dependsOn": _needs(each, found, known)} for each in found]
    dependencies[found.index(ours)]["dependsOn"] = sorted([*_needs(ours, found, known), *(each["bom-ref"] for each in parts)])
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": FORMAT,
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(project.epoch_s, UTC).isoformat().replace("+00:00", "Z"),
            "component": {**_component(ours, packages), "type": "application"},
            "properties": [{"name": "debian:release", "value": str(target.debian)}, {"name": "debian:arch", "value": target.architecture}],
        },
        "components": [*(_component(each, packages) for each in others), *parts],
        "dependencies": dependencies,
    }
    content = json.dumps(document, sort_keys=True).encode()
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(content).hexdigest())}"
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def _url(each: Distribution) -> str:
    return f"pkg:pypi/{each.key}@{each.version}"


def _component(each: Distribution, packages: Path) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": _url(each),
        "purl": _url(each),
        "name": each.name,
        "version": each.version,
        "description": each.summary,
        "author": each.author,
        "licenses": [_licence(each.licence)],
    }
    if each.page:
        told["externalReferences"] = [{"type": "website", "url": each.page}]
    if libraries := sorted(packages.glob(f"{each.key.replace('-', '_')}.libs/*")):
        told["components"] = [_library(path) for path in libraries]
    return told


def _licence(licence: str) -> Mapping[str, Any]:
    is_expression = all(word in ("AND", "OR", "WITH") or "." in word or "-" in word or word.isupper() for word in licence.split())
    return {"expression": licence} if is_expression else {"license": {"name": licence}}


def _library(path: Path) -> Mapping[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"type": "file", "name": path.name, "hashes": [{"alg": "SHA-256", "content": digest}]}


def _needs(each: Distribution, found: list[Distribution], known: set[str]) -> list[str]:
    from packaging.requirements import Requirement

    wanted = {Requirement(text).name.replace("_", "-").replace(".", "-").lower() for text in each.needs} & known
    return sorted(_url(other) for other in found if other.key in wanted and other is not each)
