"""The station process: who may charge, what a transaction is, what the CSMS hears. It never commands a relay."""
