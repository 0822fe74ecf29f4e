"""What tests of documents rely on: that no block of theirs is overlooked or cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from markdown_blocks import Block, Heading, blocks, headings, links, prose

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
# Title with `code`

See [the site](https://example.com) and [below](#below).

<!-- test: fails -->
<!-- test: needs the network -->

```python
# not a heading, [not](a-link)
```

It prints:

```text
oops
```

1. A step:

   ```sh
   echo one
     echo two
   ```

<!-- test: belongs to nothing -->
## Below

````
```
````
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document with a bit of everything."""
    file = tmp_path / "document.md"
    file.write_text(DOCUMENT, encoding="utf-8")
    return file


def test_every_block_is_found_with_what_belongs_to_it(document: Path) -> None:
    """Line and text let a failure point at the place; directives say what to expect."""
    assert blocks(document) == [
        Block(
            document,
            line=9,
            language="python",
            text="# not a heading, [not](a-link)\n",
            directives=("fails", "needs the network"),
            output="oops\n",
        ),
        Block(document, line=15, language="text", text="oops\n"),
        Block(document, line=21, language="sh", text="echo one\n  echo two\n"),
        Block(document, line=29, language="", text="```\n"),
    ]


def test_headings_and_links_in_code_are_none(document: Path) -> None:
    """A comment in Python starts like a heading."""
    assert headings(document) == [Heading(1, "Title with `code`"), Heading(2, "Below")]
    assert headings(document)[0].code == ["code"]
    assert links(document) == ["https://example.com", "#below"]


def test_prose_is_what_is_left(document: Path) -> None:
    """Neither code nor what is written for tests counts as something to read."""
    assert [line for line in prose(document) if line] == [
        "# Title with `code`",
        "See [the site](https://example.com) and [below](#below).",
        "It prints:",
        "1. A step:",
        "## Below",
    ]


def test_a_block_that_is_never_closed_is_an_error(tmp_path: Path) -> None:
    """Everything after it would be taken for code, and no other block be run."""
    file = tmp_path / "document.md"
    file.write_text("text\n```sh\necho\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"document\.md:2: this code block is never"):
        blocks(file)
