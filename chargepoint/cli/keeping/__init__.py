"""Backup, restore and factory reset, for the command line and for the pages.

backup_file   the format
taking        configuration and station ──▶ file
looking       file ──▶ what of it fits here
restoring     ──▶ configuration, then the station's parts
secrets       entries of a configuration that only the owner may have
factory       the factory reset, and how it goes on after a power cut
"""
