"""Builds the Debian package.

    sources ──▶ wheel ─┐
    package index ─────┴─▶ /opt/chargepoint/VERSION ──▶ byte code ─┐
    systemd/, docs ────────▶ /usr, /etc ───────────────────────────┼─▶ chargepoint_VERSION_ARCH.deb
    installed metadata ────▶ bill of materials, copyright ─────────┤
    packaging/scripts ─────▶ maintainer scripts, and the check ────┘

Nothing of the target's architecture is run, and nothing is compiled but byte code. The same sources, the same wheels and the same
SOURCE_DATE_EPOCH make the same package, bit for bit.

A version has a directory of its own, and ``/opt/chargepoint/current`` names the one that is used. So whatever ends in the middle of an
upgrade, be it a process or the power, begins again with one whole version, never with a mixture (packaging/scripts/postrm).
"""
