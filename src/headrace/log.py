"""Where every module gets its logger: structlog, without the pretty printer it would load along."""

from __future__ import annotations

import sys

# structlog imports rich wherever it is installed: half of its import time and 6 MiB in every process, for tracebacks in
# colour that we don't use. An entry of None makes the import fail, which structlog takes for "not installed".
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]  # the import system's own mark for "may not be imported"
try:
    import structlog
finally:
    if _rich is None:
        del sys.modules["rich"]
    else:
        sys.modules["rich"] = _rich

get_logger = structlog.get_logger

__all__ = ["get_logger", "structlog"]
