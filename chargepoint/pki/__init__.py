"""Certificates and keys: the only room that knows the package ``cryptography``.

    keys           making, reading and judging keys
    certificates   what a certificate says, its name as OCPP hashes it, PEM bundles on disk
    chains         does a chain lead to a root that we trust
    trust          bundles of roots, by use
    requests       certificate signing requests
    identities     the station's own certificates and keys in their directory
    files          replaced whole, so that a power cut leaves the old one or the new one
    firmware       the signature of a firmware file

The package costs about ten megabytes of memory, so whoever needs a module of this room imports it in the function that needs it; a
station without TLS never loads it. ``now`` is an argument, aware of its zone. Files are PEM, read when they are needed and replaced whole.
"""
