"""Lets one account search a folder, by a POSIX access control list as Linux keeps it in an extended attribute.

Format: linux/posix_acl_xattr.h; meaning: acl(5). A little-endian version 2, then entries (tag, permissions, id) in the
order owner, named users by id, group, named groups, mask, others.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

_ATTRIBUTE = "system.posix_acl_access"
_OWNER, _USER, _GROUP, _NAMED_GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NO_ID = 0xFFFFFFFF
_SEARCH = 0o1
_ENTRY = struct.Struct("<HHI")

Entries = dict[tuple[int, int], int]


def grant_search(folder: Path, uid: int) -> None:
    """Add the right to search `folder` for `uid`, and no more; `OSError` where the file system has no such lists."""
    entries = _read(folder)
    wanted = with_search(entries, uid)
    if wanted != entries:
        _write(folder, wanted)


def with_search(entries: Entries, uid: int) -> Entries:
    """Return the list with search for `uid`.

    The mask bounds every named entry and the group; it has to let search through, so what it held back from the others
    until now is taken out of them first.
    """
    mask = entries.get((_MASK, _NO_ID), 0o7)
    bounded = {key: perm if key[0] in {_OWNER, _OTHER} else perm & mask for key, perm in entries.items()}
    bounded[_USER, uid] = bounded.get((_USER, uid), 0) | _SEARCH
    bounded[_MASK, _NO_ID] = 0
    for (tag, _), perm in list(bounded.items()):
        if tag in {_USER, _GROUP, _NAMED_GROUP}:
            bounded[_MASK, _NO_ID] |= perm
    return bounded


def _read(folder: Path) -> Entries:
    if sys.platform != "linux":
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), str(folder))
    try:
        packed = os.getxattr(folder, _ATTRIBUTE)
    except OSError as error:
        if error.errno != errno.ENODATA:
            raise
        mode = folder.stat().st_mode
        return {(_OWNER, _NO_ID): mode >> 6 & 7, (_GROUP, _NO_ID): mode >> 3 & 7, (_OTHER, _NO_ID): mode & 7}
    return {(tag, ident): perm for tag, perm, ident in _ENTRY.iter_unpack(packed[4:])}


def _write(folder: Path, entries: Entries) -> None:
    if sys.platform != "linux":
        return
    packed = b"".join(_ENTRY.pack(tag, perm, ident) for (tag, ident), perm in sorted(entries.items()))
    os.setxattr(folder, _ATTRIBUTE, struct.pack("<I", 2) + packed)
