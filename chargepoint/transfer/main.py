"""The helper process: one job, then it ends. 0: done; 1: the transfer failed, and a line says why."""

import json
import os
import threading
from importlib import import_module
from types import ModuleType

from chargepoint.transfer import urls
from chargepoint.transfer.job import Job, Reason, TransferError
from chargepoint.transfer.part import Part, digest
from chargepoint.transfer.watch import Watch, tell

NICE = 10
RESUMES = 50
"""So often a download that breaks is taken up again, as long as each connection brings something."""
UPLOAD_RESUMES = 3
"""So often an upload that breaks: over HTTP it begins anew."""
RESUME_S = 1.0
LONGEST_LINE = 64 * 1024


def main() -> int:
    """Read the job, do it, say how it went."""
    os.nice(NICE)
    job = Job(**json.loads(_line()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        size, found = run(job, Watch(job))
    except TransferError as error:
        tell(event="failed", reason=error.reason, text=str(error)[:300])
        return 1
    except OSError as error:
        tell(event="failed", reason=Reason.DISK, text=f"{job.path}: {error.strerror}")
        return 1
    tell(event="done", bytes=size, **{"md5" if job.kind == "md5" else "sha256": found})
    return 0


def _line() -> bytes:
    """The first line of standard input, unbuffered: the rest is watched for its end."""
    line = b""
    while not line.endswith(b"\n") and len(line) < LONGEST_LINE:
        block = os.read(0, 4096)
        if not block:
            break
        line += block
    return line


def _end_with_parent() -> None:
    """Whoever started us holds the other end of standard input for as long as he lives and wants us."""
    while os.read(0, 1024):
        pass
    os._exit(2)


def run(job: Job, watch: Watch) -> tuple[int, str]:
    """Size and SHA-256 of the file, or its MD5 where that is the job. Raises TransferError."""
    if job.kind in ("digest", "md5"):
        return digest(job.path, "md5" if job.kind == "md5" else "sha256")
    means = _means(urls.read(job.url).scheme)
    return _download(job, watch, means) if job.kind == "download" else _upload(job, watch, means)


def _means(scheme: str) -> ModuleType:
    """What speaks the protocol; only that is loaded."""
    return import_module("chargepoint.transfer." + ("web" if scheme.startswith("http") else "ftp"))


def _download(job: Job, watch: Watch, means: ModuleType) -> tuple[int, str]:
    if os.path.exists(job.path):  # complete before a power cut
        return digest(job.path)
    part = Part(job)
    most = resumed = 0
    try:
        while True:
            try:
                means.download(job, part, watch)
                return part.size, part.done()
            except TransferError as error:
                if error.reason != Reason.BROKEN or part.size <= most or resumed == RESUMES:
                    raise
            most, resumed = part.size, resumed + 1
            watch.pause(RESUME_S)
    finally:
        part.close()


def _upload(job: Job, watch: Watch, means: ModuleType) -> tuple[int, str]:
    resumed = 0
    while True:
        try:
            means.upload(job, watch, resumed > 0)
            return digest(job.path)
        except TransferError as error:
            if error.reason != Reason.BROKEN or resumed == UPLOAD_RESUMES:
                raise
        resumed += 1
        watch.pause(RESUME_S)
