"""A file system that is mounted nowhere: opened read-only, read through one descriptor, and gone with the last one.

Nothing else on the machine sees it, nobody has to unmount it, and neither a kill nor a power cut leaves anything behind. It is for file
systems that strangers have made: no program is run from it, no device and no rights of its files count. Linux 5.2 or newer (fsopen(2)).
"""

import ctypes
import os
from functools import cache

FSOPEN, FSCONFIG, FSMOUNT = 430, 431, 432
"""System calls since Linux 5.2: their numbers are the same on every architecture that we run on (unistd.h)."""
CLOEXEC = 1
SET_FLAG, SET_STRING, CREATE = 0, 1, 6
ATTRIBUTES = 0x1 | 0x2 | 0x4 | 0x8
"""Read-only, no set-user-ID, no devices, no programs (MOUNT_ATTR_RDONLY, _NOSUID, _NODEV, _NOEXEC)."""
FLAGS = {"ext4": ("noload",)}
"""Even read-only, ext4 would write what is left in its journal."""


@cache
def _kernel() -> ctypes.CDLL:
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.syscall.restype = ctypes.c_long
    return kernel


def _call(number: int, *arguments: int | bytes | None) -> int:
    given = [ctypes.c_long(each) if isinstance(each, int) else ctypes.c_char_p(each) for each in arguments]
    found: int = _kernel().syscall(ctypes.c_long(number), *given)
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return found


def file_system(device: int, kind: str) -> int:
    """Descriptor of its uppermost directory. ``device``: descriptor of what it is on. Raises OSError; needs CAP_SYS_ADMIN."""
    context = _call(FSOPEN, kind.encode(), CLOEXEC)
    try:
        _call(FSCONFIG, context, SET_STRING, b"source", f"/proc/self/fd/{device}".encode(), 0)
        for flag in ("ro", *FLAGS.get(kind, ())):
            _call(FSCONFIG, context, SET_FLAG, flag.encode(), None, 0)
        _call(FSCONFIG, context, CREATE, None, None, 0)
        mount = _call(FSMOUNT, context, CLOEXEC, ATTRIBUTES)
    finally:
        os.close(context)
    try:
        return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=mount)
    finally:
        os.close(mount)  # what is open keeps it
