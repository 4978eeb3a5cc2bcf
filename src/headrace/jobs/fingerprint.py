"""What failures have in common: the same error at the same place in the code has the same fingerprint."""

from __future__ import annotations

import re
from hashlib import blake2b

from headrace.jobs.job import Failure

MESSAGE_MAX = 300
# What differs from one occurrence to the next: what is quoted, ids, numbers.
_VARYING = re.compile(
    r"""(?<!\w)(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)|\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b|\b0x[0-9a-f]+\b"""
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\d[\d.,:]*",
    re.IGNORECASE,
)
_FRAME = re.compile(r'^  File "([^"\n]+)", line \d+, in (.+)$', re.MULTILINE)
_FOREIGN = re.compile(r"[/\\](?:site-packages|dist-packages|lib[/\\]python\d[\d.]*|headrace)[/\\]|^<")


def fingerprint(failure: Failure) -> str:
    """Return 16 hexadecimal digits for the code, type, message without what varies, and innermost frame of one's own."""
    parts = (failure.get("code", ""), failure.get("type", ""), _shape(failure.get("message", "")), _frame(failure))
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _shape(message: str) -> str:
    return " ".join(_VARYING.sub("#", message[:MESSAGE_MAX]).split())


def _frame(failure: Failure) -> str:
    """Return file and function of the innermost frame that is no library's, else of the innermost; lines move about."""
    frames = _FRAME.findall(failure.get("traceback", ""))
    own = [frame for frame in frames if not _FOREIGN.search(frame[0])] or frames
    return ":".join(own[-1]) if own else ""
