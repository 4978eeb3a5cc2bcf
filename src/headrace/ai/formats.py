"""One text for each string format that a JSON schema from pydantic may name."""

from __future__ import annotations

from collections.abc import Mapping

FORMATS: Mapping[str, str] = {
    "date-time": "2026-01-15T09:30:00Z",
    "date": "2026-01-15",
    "time": "09:30:00Z",
    "duration": "PT1H30M",
    "email": "reader@example.com",
    "idn-email": "reader@example.com",
    "name-email": "Reader <reader@example.com>",
    "uri": "https://example.com/",
    "iri": "https://example.com/",
    "multi-host-uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "ipv4interface": "192.0.2.1/24",
    "ipv6interface": "2001:db8::1/64",
    "ipv4network": "192.0.2.0/24",
    "ipv6network": "2001:db8::/32",
    "ipvanyaddress": "192.0.2.1",
    "uuid": "01890a5d-ac96-774b-bcce-b302099a8057",
    "uuid4": "7d444840-9dc0-4dd4-9d5e-3c1b6a7f0a11",
    "path": "placeholder.txt",
    "file-path": "placeholder.txt",
    "json-string": "{}",
    "regex": ".*",
    "base64": "cGxhY2Vob2xkZXI=",
    "base64url": "cGxhY2Vob2xkZXI=",
    "json-pointer": "/placeholder",
    "color": "#336699",
}
