#!/usr/bin/env python3
"""book.py SCMLC SPECS WORK: the specs of a folder as a book.

Every link of the index leads to a heading, the pages read back as the same rules, markdownlint
has nothing to say with its default rules (but the length of lines), and a browser shows a row for
every system call. What is not installed is left out with a message; without SPECS the test is
skipped (77).
"""

import json
import os
import re
import shutil
import subprocess
import sys

LINT = "markdownlint-cli2@0.24.1"
STYLE = """<style>
body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; } th, td { border: 1px solid #ccc; padding: .2em .7em; }
tr:nth-child(even) { background: #f6f6f6; } pre { background: #f3f3f3; padding: .8em; }
</style>
"""


def fail(text):
    sys.exit("book: " + text)


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def files_below(folder, ending):
    found = []
    for place, _, names in os.walk(folder):
        found += [os.path.join(place, name) for name in names if name.endswith(ending)]
    return sorted(found)


def headings(path):
    """The anchors of a page as GitHub and mdBook make them."""
    anchors, fence = set(), False
    with open(path, encoding="utf-8") as page:
        for line in page:
            if line.startswith("```"):
                fence = not fence
            elif line.startswith("#") and not fence:
                text = line.lstrip("#").strip().lower().replace(" ", "-")
                anchors.add("".join(c for c in text if c.isalnum() or c in "-_"))
    return anchors


def check_links(pages):
    """Each link of the index to a page leads to a heading, and each page is linked to."""
    with open(os.path.join(pages, "index.md"), encoding="utf-8") as index:
        links = re.findall(r"\]\(([^):]+\.md)(?:#([^)]*))?\)", index.read())
    for name, anchor in links:
        path = os.path.join(pages, name)
        if not os.path.exists(path):
            fail(f"the index links to '{name}', which is not there")
        if anchor and anchor not in headings(path):
            fail(f"'{name}' has no heading '{anchor}': {sorted(headings(path))}")
    linked = {os.path.join(pages, name) for name, _ in links}
    if linked != set(files_below(pages, ".md")) - {os.path.join(pages, "index.md")}:
        fail("the index does not link to every page")
    return len(links)


def rules(scmlc, inputs):
    """The resolved rules, without their places, in an order that does not depend on files."""

    def bare(value):
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in ("file", "line", "column")}
        return [bare(v) for v in value] if isinstance(value, list) else value

    text = run(scmlc, "-q", "--arch", "x86_64", "-t", "json", *inputs)
    calls = bare(json.loads(text))["architectures"][0]["calls"]
    return {call["name"]: sorted(json.dumps(rule) for rule in call["rules"]) for call in calls}


def lint(pages, work):
    """markdownlint with its default rules, but for MD013, the length of lines."""
    if not shutil.which("npm"):
        return "markdownlint left out: no npm"
    folder = os.path.join(work, "lint")
    tool = os.path.join(folder, "node_modules", ".bin", "markdownlint-cli2")
    if not os.path.exists(tool):
        os.makedirs(folder, exist_ok=True)
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, LINT],
            capture_output=True, text=True, timeout=300)
        if done.returncode:
            return "markdownlint left out: npm cannot install it"
    config = os.path.join(pages, ".markdownlint-cli2.jsonc")
    with open(config, "w", encoding="utf-8") as out:
        out.write('{"config": {"default": true, "MD013": false}}\n')
    run(tool, "**/*.md", cwd=pages)
    return f"markdownlint: {len(files_below(pages, '.md'))} pages"


def to_html(page):
    html = run("cmark-gfm", "--extension", "table", page)
    name = page[:-3] + ".html"
    with open(name, "w", encoding="utf-8") as out:
        out.write("<!doctype html><meta charset=utf-8>" + STYLE + html)
    return name


def look(pages, work):
    """A browser shows the index and a page; the pictures are kept in WORK for people."""
    chromium = shutil.which("chromium")
    if not chromium or not shutil.which("cmark-gfm"):
        return "browser left out: no chromium or no cmark-gfm"
    browser = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               "--user-data-dir=" + os.path.join(work, "profile")]
    index = to_html(os.path.join(pages, "index.md"))
    dom = run(*browser, "--dump-dom", "file://" + index, timeout=120)
    with open(os.path.join(pages, "index.md"), encoding="utf-8") as text:
        wanted = sum(1 for line in text if re.match(r"\| \d+ \|", line))
    seen = len(re.findall(r"<td[^>]*>\d+</td>\s*<td><a [^>]*><code>", dom))
    if seen != wanted or wanted < 300:
        fail(f"the browser shows {seen} calls of {wanted}")
    for page in [index] + [to_html(p) for p in files_below(pages, ".md")[-2:]]:
        picture = os.path.join(work, os.path.basename(page)[:-5] + ".png")
        run(*browser, "--window-size=1100,1600", "--screenshot=" + picture, "file://" + page,
            timeout=120)
        with open(picture, "rb") as image:
            if image.read(8) != b"\x89PNG\r\n\x1a\n" or os.path.getsize(picture) < 20000:
                fail(f"'{picture}' shows nothing")
    return f"browser: {seen} calls, pictures in {work}"


def check_one(scmlc, specs, work):
    """All of it on one page: every link within it leads to a heading, and it reads back."""
    folder = os.path.join(work, "one")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    page = os.path.join(folder, "page.md")
    sources = files_below(specs, ".scml")
    run(scmlc, "-q", "--arch", "x86_64", *sources, "-o", page)
    with open(page, encoding="utf-8") as text:
        links = re.findall(r"\]\(#([^)]*)\)", text.read())
    lost = set(links) - headings(page)
    if lost or (len(sources) > 1) != bool(links):
        fail(f"of {len(links)} links on one page these lead nowhere: {sorted(lost)}")
    if rules(scmlc, sources) != rules(scmlc, [page]):
        fail("the one page does not read back as the same rules")
    return f"one page: {len(links)} links; {lint(folder, work)}"


def main():
    scmlc, specs, work = (os.path.abspath(path) for path in sys.argv[1:])
    if not os.path.isdir(specs):
        print("book: skipped: no specs")
        sys.exit(77)
    pages = os.path.join(work, "pages")
    shutil.rmtree(pages, ignore_errors=True)
    run(scmlc, "-q", "--arch", "x86_64", specs, "-o", pages + "/")
    print(f"links: {check_links(pages)}")
    sources = files_below(specs, ".scml")
    texts = [p for p in files_below(pages, ".md") if os.path.basename(p) != "index.md"]
    if rules(scmlc, sources) != rules(scmlc, texts):
        fail("the pages do not read back as the same rules")
    print(f"rules: {len(texts)} pages read back")
    print(lint(pages, work))
    print(look(pages, work))
    details = os.path.join(work, "details")
    shutil.rmtree(details, ignore_errors=True)
    run(scmlc, "-q", "--arch", "x86_64", "--doc-details", specs, "-o", details + "/")
    print(lint(details, work))
    print(check_one(scmlc, specs, work))


main()
