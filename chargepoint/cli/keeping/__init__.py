"""Backup, restore, factory reset and a new configuration, for the command line and for the pages.

backup_file   the format
taking        configuration and station ──▶ file
looking       file ──▶ what of it fits here
changing      ──▶ configuration, proved or taken back, then the station's parts
parts         those
following     the same in a terminal
journal       what is under way, on the disk
factory       the factory reset, and how it goes on after a power cut
"""
