#!/usr/bin/env python3
"""Draws the README's pictures: pictures/request.svg, the path of a request, and pictures/costs.svg, from benches/results/peers.tsv.

`tools/pictures.py` writes them; `tools/pictures.py --check` fails if they differ from what it would write. Colours follow the reader's dark
or light scheme.
"""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benches")]
sys.dont_write_bytecode = True

from results import kept  # noqa: E402

STYLE = """<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 12px; fill: #59636e }
.code { font: 12px ui-monospace, monospace }
.title { font-weight: 600 }
.box { fill: #f6f8fa; stroke: #59636e }
.bar { fill: #8c959f }
.own { fill: #1a7f37 }
.bad { fill: #cf222e }
.good { fill: #1a7f37 }
.way { stroke: #59636e; stroke-width: 1.5; fill: none }
.head { fill: #59636e }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .box { fill: #151b23; stroke: #9198a1 } .bar { fill: #656c76 }
.own { fill: #3fb950 } .bad { fill: #ff7b72 } .good { fill: #3fb950 } .way { stroke: #9198a1 } .head { fill: #9198a1 }
}
</style>"""


def svg(width, height, title, parts):
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    return "\n".join([head, f"<title>{escape(title)}</title>", STYLE, *parts, "</svg>", ""])


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def box(x, y, width, height, title, lines):
    parts = [f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" class="box"/>', text(x + 14, y + 26, title, "title")]
    return parts + [text(x + 14, y + 50 + 19 * row, line, "small") for row, line in enumerate(lines)]


def arrow(x, y, to):
    return f'<path d="M{x} {y}H{to - 8}" class="way"/><path d="M{to - 9} {y - 5}l9 5l-9 5z" class="head"/>'


def request():
    parts = box(10, 25, 150, 140, "Client", ["certificate", "and any headers"])
    parts += box(300, 25, 210, 140, "Proxy + this crate", ["the TLS library verifies;", "strips all such headers,", "in every spelling, always;", "adds its own"])
    parts += box(690, 25, 170, 140, "Origin + this crate", ["rejects what no", "honest proxy sends;", "decides: is_trusted()"])
    parts += [arrow(160, 95, 300), arrow(510, 95, 690)]
    parts += [text(230, 82, "TLS", "small", "middle"), text(230, 120, "ssl_client_verify:", "code bad", "middle"), text(230, 136, "SUCCESS", "code bad", "middle")]
    parts += [text(600, 82, "closed network", "small", "middle"), text(600, 120, "ssl-client-verify:", "code good", "middle"), text(600, 136, "NONE", "code good", "middle")]
    return svg(870, 190, "Client, proxy and origin: the proxy strips and adds, the origin parses and decides", parts)


def costs():
    result = kept("peers")
    notes, (_, *rows) = result.notes, result.tables[0]
    column = next(certificate for certificate, *_ in rows if certificate.startswith("RSA 2048"))
    measured = {job: float(nanoseconds) for certificate, job, nanoseconds, _ in rows if certificate == column}
    shown = {
        "this crate: the record": "this crate",
        "x509-parser, the obvious way": "x509-parser",
        "OpenSSL as nginx, certificate read already": "OpenSSL, parsed already",
        "x509-cert, the obvious way": "x509-cert",
        "OpenSSL as nginx, from DER": "OpenSSL, from DER",
    }
    values = {label: measured[job] for job, label in shown.items()}
    longest, own = max(values.values()), values["this crate"]
    parts = [text(10, 24, f"From a certificate ({column}) to every text and value: microseconds", "title")]
    for index, (label, value) in enumerate(values.items()):
        y, width = 44 + 30 * index, max(2, round(480 * value / longest))
        kind = "own" if label == "this crate" else "bar"
        times = "" if label == "this crate" else f"  ({value / own:.1f} ×)"
        parts += [text(190, y + 15, label, "", "end"), f'<rect x="200" y="{y}" width="{width}" height="20" rx="2" class="{kind}"/>']
        parts += [text(208 + width, y + 15, f"{value / 1000:.1f}{times}", "small")]
    y = 44 + 30 * len(values) + 14
    said = f"{notes['machine']}; rustc {notes['rustc']}, OpenSSL {notes['OpenSSL']}; {notes['date']}; {notes['command']}"
    return svg(800, y + 14, "Costs beside other libraries", [*parts, text(10, y, said, "small")])


def main():
    wrong = 0
    for name, picture in {"request.svg": request(), "costs.svg": costs()}.items():
        file = ROOT / "pictures" / name
        if "--check" not in sys.argv:
            file.write_text(picture)
        elif not file.is_file() or file.read_text() != picture:
            print(f"pictures/{name}: run tools/pictures.py", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
