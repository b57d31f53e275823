#!/usr/bin/env python3
"""Checks every link of the built documentation and of the Markdown files, offline.

`cargo doc --no-deps --all-features && tools/check_links.py`. Fails on a link to a page, an anchor or a file that does not exist, and on a page
of the documentation that cannot be reached from the front page. Links to other hosts are not checked; `--foreign` prints them. Links to this
crate's pages on docs.rs are checked in the built documentation.
"""

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag

ROOT = Path(__file__).resolve().parent.parent
DOCS = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "doc"
CRATE = DOCS / "tls_client_auth"
OWN = "https://docs.rs/tls-client-auth"


class Page:
    def __init__(self, file):
        text = re.sub(r"<script>.*?</script>", "", file.read_text(errors="replace"), flags=re.DOTALL)
        self.links = [html.unescape(link) for link in re.findall(r'\bhref="([^"]+)"', text)]
        self.anchors = {html.unescape(name) for name in re.findall(r'\b(?:id|name)="([^"]+)"', text)}


def main():
    pages, wrong, foreign = {}, [], set()

    def page(file):
        if file not in pages:
            pages[file] = Page(file) if file.is_file() else None
        return pages[file]

    def check(where, base, link):
        """The page that a link leads to, if it is one of the crate's."""
        target, anchor = urldefrag(link)
        if target.startswith(OWN):
            rest = target.removeprefix(OWN).removeprefix("/latest/tls_client_auth")
            file = CRATE / rest.strip("/")
        elif re.match(r"[a-z]+:", target):
            foreign.add(link)
            return None
        else:
            file = (base / unquote(target)).resolve() if target else where
        if file.is_dir() and DOCS in file.parents:
            file /= "index.html"
        if not file.exists():
            wrong.append(f"{where.relative_to(ROOT)}: {link}: does not exist")
            return None
        if file.suffix != ".html":
            return None
        own = page(file)
        names = {anchor, unquote(anchor)}
        is_source = "/src/" in str(file)
        if anchor and not is_source and not names & own.anchors:
            wrong.append(f"{where.relative_to(ROOT)}: {link}: no such anchor")
        return file

    # All pages that can be reached from the front page.
    front = CRATE / "index.html"
    seen, todo = {front}, [front]
    while todo:
        file = todo.pop()
        for link in page(file).links:
            target = check(file, file.parent, link)
            if target and CRATE in target.parents and target not in seen:
                seen.add(target)
                todo.append(target)
    for file in CRATE.rglob("*.html"):
        is_redirect = "http-equiv=\"refresh\"" in file.read_text()
        if file not in seen and not is_redirect and file.name not in {"all.html"}:
            wrong.append(f"{file.relative_to(ROOT)}: no link leads here")

    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True, check=True)
    markdown = [ROOT / line for line in listed.stdout.splitlines() if not line.startswith("src/")]
    for file in markdown:
        text = re.sub(r"```.*?```|`[^`\n]*`", "", file.read_text(), flags=re.DOTALL)
        links = re.findall(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"|^\[[^\]]+\]: (\S+)", text, flags=re.MULTILINE)
        for link in (part for parts in links for part in parts if part):
            if not link.startswith("#"):
                check(file, file.parent, link)

    if "--foreign" in sys.argv:
        print(*sorted(foreign), sep="\n")
    print(*wrong, sep="\n", file=sys.stderr)
    print(f"{len(seen)} pages of the crate and {len(markdown)} Markdown files, {len(wrong)} wrong links, {len(foreign)} to other hosts")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
