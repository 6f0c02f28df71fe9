"""OCPP 1.6 edition 2 with its errata: the domain's 2.x words narrowed to 1.6."""
