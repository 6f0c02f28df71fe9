"""TLS to file servers: 1.2 or newer, the chain always verified."""

import os
import ssl

from chargepoint.transfer.job import Job, Reason, TransferError


def context(job: Job) -> ssl.SSLContext:
    """A client's context with the trust that the job names; a file of roots that is not there holds none."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_COMPRESSION
    made.check_hostname = job.verify_server_name
    try:
        if job.system_trust:
            made.load_default_certs()
        if job.trust_file and os.path.exists(job.trust_file):
            made.load_verify_locations(job.trust_file)
        elif not job.system_trust:
            raise TransferError(Reason.UNTRUSTED, "no root certificate to trust; install one, or set [security] system_trust = true")
    except (OSError, ssl.SSLError) as error:
        raise TransferError(Reason.UNTRUSTED, f"trusted roots {job.trust_file}: {error}") from None
    return made
