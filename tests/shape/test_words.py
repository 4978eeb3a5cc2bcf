"""What is in the repository names no machine it was made on and no place its packages came from."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Put together here, so that this file does not contain what it looks for.
PLACES = {
    "a machine's path": r"/(?:work|root|home/\w+)" + "/",
    "a machine's packages": "/opt/" + r"(?:pypi|wheels)",
    "a registry": "|".join(["pypi" + r"\.org/simple", "python" + "hosted", "registry" + r"\.(?:npmjs|yarnpkg)"]),
    "an index to install from": r"--(?:extra-)?index" + r"-url|find" + r"-links|^registry\s*=",
}
MOST_BYTES = 2_000_000


def texts():
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            content = path.read_bytes()
            if b"\0" not in content:
                yield name, content.decode("utf-8")


@pytest.mark.parametrize("place", PLACES)
def test_no_text_names(place):
    pattern = re.compile(PLACES[place], re.MULTILINE)
    assert not {name: found[0] for name, text in texts() if (found := pattern.search(text))}


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("a machine's path", "see /home" + "/ann/notes"),
        ("a machine's packages", "file:///opt" + "/wheels"),
        ("a registry", "https://registry" + ".npmjs.org/react"),
        ("an index to install from", "registry" + " = here"),
    ],
)
def test_the_search_finds(place, text):
    assert re.search(PLACES[place], text, re.MULTILINE)


def test_every_text_is_read():
    assert {"README.md", "requirements.lock", "tests/shape/test_words.py"} <= {name for name, _ in texts()}
