"""The OCPP adapters: the only room that knows a version, a message name or a WebSocket.

    station ── Csms ──▶ client ──▶ session ──▶ connection (WebSocket)
                          │           │
                          │           ├── frames    [2, id, action, payload] and its kin
                          │           ├── schemas   what the standard's JSON schemas say of a payload
                          │           └── answering ── StationPort ──▶ station
                          └── dialect: domain values <-> payloads
                                 v16   |   v2 (shared by the 2.x versions), v201

A dialect is a bundle of tables of small pure functions; only the one that the CSMS has agreed to is imported.
"""
