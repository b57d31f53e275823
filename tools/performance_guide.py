#!/usr/bin/env python3
"""Writes the tables of src/guide/performance.md, between its markers, from benches/results.

`tools/performance_guide.py` writes them; `tools/performance_guide.py --check` fails if the page differs from what it would write.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "src" / "guide" / "performance.md"
MARKERS = re.compile(r"(<!-- (\w[\w-]*) -->\n).*?(<!-- end -->\n)", re.DOTALL)
sys.path[:0] = [str(ROOT / "benches")]
sys.dont_write_bytecode = True

from results import is_kept, kept  # noqa: E402

# Notes without a version, which are left out of the list of versions below a table.
NOT_SAID = {"command", "date", "commit", "machine", "load before"}
# Microseconds.
SHORT = 50
WITHOUT = "without"


def markdown(head, rows):
    rows = list(rows)
    is_right = lambda cells: all(re.match(r"[-+\d]|$", cell) for cell in cells)  # noqa: E731
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join("---:" if is_right(cells) else "---" for cells in zip(*rows, strict=True)) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def code(text):
    return "`" + text.replace("|", "\\|") + "`"


def source(result):
    notes = result.notes
    versions = ", ".join(f"{key} {value}" for key, value in notes.items() if key not in NOT_SAID)
    yield f"`{notes['command']}`, {notes['date']}, commit {notes['commit']}, {notes['machine']}, {versions}."
    yield ""


def by_certificate(rows):
    """Rows of (certificate, job, nanoseconds, ratio) as job -> certificate -> (nanoseconds, ratio)."""
    jobs = {}
    for certificate, job, nanoseconds, ratio in rows:
        jobs.setdefault(job, {})[certificate] = (int(nanoseconds), float(ratio))
    return jobs


def jobs_table(name):
    """A table of nanoseconds, with the ratio to the floor in parentheses."""
    result = kept(name)
    _, *rows = result.tables[0]
    jobs = by_certificate(rows)
    certificates = list(next(iter(jobs.values())))
    cell = lambda measured: f"{measured[0]:,} ({measured[1]:.2f})" if measured else ""  # noqa: E731
    yield from markdown(["ns (× floor)", *certificates], ([job, *(cell(jobs[job].get(name)) for name in certificates)] for job in jobs))
    yield from source(result)


def plain_tables(name):
    result = kept(name)
    for head, *rows in result.tables:
        yield from markdown(head, rows)
    yield from source(result)


def throughput(name):
    """A row for each variant of a proxy: requests per second, and for each load the processor time of a request and the difference."""
    result = kept(name)
    _, *rows = result.tables[0]
    loads = list(dict.fromkeys(load for _, load, *_ in rows))
    variants = {}
    for proxy, load, headers, rate, cost, more, error, ratio in rows:
        cells = variants.setdefault((proxy, headers), {})
        cells.setdefault("rate", f"{int(rate):,}")
        cells[load] = cost if headers == WITHOUT else f"{cost} ({more} ± {error}; × {ratio})"
    table = ([*variant, *(cells.get(column, "") for column in ("rate", *loads))] for variant, cells in variants.items())
    yield from markdown(["proxy", "headers", f"{loads[0]}: requests/s", *(f"{load}: µs a request (more)" for load in loads)], table)
    yield from source(result)


def in_short():
    """The rows that most readers look for."""
    shown = {
        "the record: every property": ("whole_job", "record"),
        "Cloudflare's pair as header values": ("whole_job", "pair, with header values"),
        "a later request on the connection": ("whole_job", "a later request"),
        "the origin, `cloudflare`": ("receiving", "cloudflare"),
        "the origin, the same values again": ("receiving", "cloudflare, the same values again"),
    }
    jobs = {name: by_certificate(kept(name).tables[0][1:]) for name in ("whole_job", "receiving")}
    certificates = list(jobs["receiving"]["floor"])
    rows = ([label, *(f"{jobs[name][job][each][0]:,} ns" for each in certificates)] for label, (name, job) in shown.items())
    yield from markdown(["", *certificates], rows)
    if is_kept("load-throughput"):
        more = {(proxy, headers): more for proxy, load, headers, _, _, more, _, _ in kept("load-throughput").tables[0][1:] if load == "HTTP/1.1"}
        for proxy in dict.fromkeys(proxy for proxy, headers in more if headers == "cloudflare"):
            pair, four, by_hand, four_by_hand = (
                f"{more[proxy, way + headers]} µs" for way in ("", "by-hand:") for headers in ("cloudflare", "ingress-nginx")
            )
            yield f"- A proxy on {proxy}: {pair} of processor time for each request with Cloudflare's pair, {four} with ingress-nginx's four headers. Inserting the same lines without this crate: {by_hand} and {four_by_hand}."
    if is_kept("load-idle"):
        held = {headers: after for headers, _, after in kept("load-idle").tables[0][1:]}
        yield f"- An idle connection that sends the pair on every request holds {held['cloudflare']} bytes, one that has sent it on its first {held['first:cloudflare']}."
    if is_kept("worst_cases"):
        times = [int(time) for *_, time, _, _ in kept("worst_cases").tables[0][1:]]
        yield f"- The slowest of {len(times)} worst cases takes {max(times)} µs."
    yield ""


def worst_cases():
    """A row for each kind: the slowest case, and the largest growth of any case."""
    result = kept("worst_cases")
    _, *rows = result.tables[0]
    kinds = {}
    for kind, case, _, size, microseconds, ratio, _ in rows:
        kinds.setdefault(kind, []).append((int(microseconds), case, size, float(ratio)))
    table = []
    for kind, cases in kinds.items():
        time, case, size, _ = max(cases)
        # For shorter times the clock's error is too large.
        growth = [ratio for time, *_, ratio in cases if time > SHORT]
        table.append([kind, f"{len(cases)}", code(case), f"{size} KB", f"{time} µs", f"{max(growth):.2f}" if growth else ""])
    yield from markdown(["kind", "cases", "slowest", "its input", "time", "most growth at twice the size"], table)
    remarks = [f"{kind}, {code(case)}: {remark}" for kind, case, *_, remark in rows if remark]
    yield f"Of {len(rows)} cases, {len(remarks) or 'none'} took a millisecond or grew more than in proportion" + "".join(f"; {each}" for each in remarks) + "."
    yield ""
    yield from source(result)


TABLES = {name: plain_tables for name in ("load-latency", "load-origin", "load-idle", "hosts")}
TABLES |= {name: jobs_table for name in ("whole_job", "receiving", "peers", "peers-receiving")}
TABLES |= {"load-throughput": throughput, "in-short": lambda _: in_short(), "worst_cases": lambda _: worst_cases()}


def tables(name):
    try:
        return "\n".join(TABLES[name](name))
    except FileNotFoundError as error:
        return f"No result of `benches/run {Path(error.filename).stem}` is kept.\n"


def page(text):
    return MARKERS.sub(lambda found: f"{found[1]}\n{tables(found[2])}\n{found[3]}", text)


def main():
    before = PAGE.read_text()
    missing = set(TABLES) - {found[2] for found in MARKERS.finditer(before)}
    if missing:
        return f"{PAGE.name}: no marker for {', '.join(sorted(missing))}"
    after = page(before)
    if "--check" not in sys.argv:
        PAGE.write_text(after)
    elif before != after:
        return f"{PAGE.relative_to(ROOT)}: run tools/performance_guide.py"
    return None


if __name__ == "__main__":
    sys.exit(main())
