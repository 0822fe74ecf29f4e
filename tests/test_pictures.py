"""The README's pictures are there, stand alone, and show what programs print."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from workbench import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PLACE = ROOT / "docs" / "pictures"
PICTURES = sorted(PLACE.glob("*.svg"))
each_picture = pytest.mark.parametrize(
    "picture", PICTURES, ids=[picture.stem for picture in PICTURES]
)


def shown(picture: Path) -> str:
    """Return the text of a picture, without times, versions and names of caches."""
    tree = ET.parse(picture)  # noqa: S314 - of this repository
    text = "".join(tree.getroot().itertext()).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"[0-9a-f]{16}|\d+(\.\d+)+|\s", "", text)


def test_the_readme_shows_each_for_light_and_for_dark_pages() -> None:
    """A picture for light pages is a glaring spot on a dark one."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    dark = re.findall(r'<source media="[^"]+dark\)" srcset="(.+)">', readme)
    light = re.findall(r'<img src="(.+?)" alt="[^"]{20,}">', readme)

    assert [name.replace("-dark.", "-light.") for name in dark] == light
    assert sorted(dark + light) == [
        picture.relative_to(ROOT).as_posix() for picture in PICTURES
    ]


@each_picture
def test_a_picture_fetches_nothing_and_names_no_machine(picture: Path) -> None:
    """Pages show pictures without what these would load, such as fonts."""
    text = picture.read_text(encoding="utf-8")

    assert "@font-face" not in text
    assert "@import" not in text
    assert "url(http" not in text
    assert set(re.findall(r'(?:href|src)="([^"]+)"', text)) == set()
    assert not re.search(r"/(tmp|home|root|dev|Users)/", text)


@pytest.mark.release  # it makes an isolated environment in an empty home directory
@pytest.mark.network
def test_the_pictures_are_what_the_script_draws(tmp_path: Path) -> None:
    """A picture of what is no longer printed promises what is not so."""
    words = [sys.executable, "-m", "benchmarks.pictures", str(tmp_path)]
    subprocess.run(words, cwd=ROOT, check=True)

    drawn = sorted(tmp_path.glob("*.svg"))
    assert [path.name for path in drawn] == [path.name for path in PICTURES]
    for new, old in zip(drawn, PICTURES, strict=True):
        assert shown(new) == shown(old), old.name
