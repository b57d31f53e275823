"""Compares headers: each is equal, a documented difference, or wrong."""

import fnmatch
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

ABSENT = None


@dataclass
class Difference:
    """A row of differences.tsv. Each pattern of certificates must match at least once, or the row is outdated."""

    listener: str
    header: str
    certificates: list
    theirs: str
    ours: str
    reason: str
    met: set = field(default_factory=set)

    def covers(self, listener, header, certificate, theirs, ours):
        if not fnmatch.fnmatchcase(listener, self.listener) or not fnmatch.fnmatchcase(header, self.header.lower()):
            return False
        if not _is(self.theirs, theirs) or not _is(self.ours, ours):
            return False
        met = {pattern for pattern in self.certificates if fnmatch.fnmatchcase(certificate, pattern)}
        self.met |= met
        return bool(met)


def is_random(certificate):
    return certificate.startswith("random-")


def undone(listener, value):
    """The value without escapes that the crate writes and the proxy does not, for random certificates, whose differences are not listed."""
    proxy = listener.split("/")[0]
    if value is ABSENT:
        return value
    if proxy == "envoy":
        return re.sub(r'["\\]', "", value)
    if proxy == "traefik":
        value = unquote_plus(value, encoding="latin-1")
    mark = "%" if proxy == "haproxy" else r"\\x?"
    pair = re.compile(mark + "([0-9A-F]{2})")
    while value != (value := pair.sub(lambda digits: chr(int(digits[1], 16)), value)):
        pass
    # At the end of a value the crate writes an escaped space as its digits.
    value = value.replace("\\ ", " ")
    # Go trims white space at the ends of a value, and keeps the backslash that escapes it.
    return value.strip(" \t").removesuffix("\\") if proxy.startswith("caddy") else value


def _is(expected, value):
    if expected == "-" or value is ABSENT:
        return expected in ("-", "*") and (expected == "*" or value is ABSENT)
    return expected == "*" or re.search(expected, value, re.DOTALL) is not None


def read_table(file, columns):
    rows = []
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            row = line.split("\t")
            if len(row) != columns:
                raise ValueError(f"{file.name}: {columns} columns expected: {line}")
            rows.append(row)
    return rows


def read_sets(file):
    """Reads headers.tsv: proxy -> set -> header -> expression."""
    sets = {}
    for like, set_name, header, expression in read_table(file, 4):
        sets.setdefault(like, {}).setdefault(set_name, {})[header] = expression
    return sets


def read_differences(file):
    return [
        Difference(listener, header, certificates.split(), theirs, ours, reason)
        for listener, header, certificates, theirs, ours, reason in read_table(file, 6)
    ]


@dataclass
class Result:
    """The result of comparing one proxy's listener with one set."""

    listener: str
    title: str
    counts: dict = field(default_factory=lambda: defaultdict(Counter))
    reasons: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)
    #: Certificates that cannot be compared: reason -> their names.
    apart: dict = field(default_factory=lambda: defaultdict(list))
    compared: int = 0

    def total(self, kind):
        return sum(count[kind] for count in self.counts.values())

    def add(self, certificate, headers, theirs, ours, differences):
        """Compares one certificate. `theirs`: lower-case name -> values; `ours`: name -> value; `headers`: the set's, in lower case."""
        self.compared += 1
        for header in headers:
            their_value = "\n".join(theirs[header]) if header in theirs else ABSENT
            our_value = ours.get(header, ABSENT)
            if their_value == our_value:
                # Both are absent, which does not count as equal.
                self.counts[header]["equal"] += their_value is not ABSENT
                continue
            case = (self.listener, header, certificate, their_value, our_value)
            if is_random(certificate) and undone(self.listener, their_value) == undone(self.listener, our_value):
                self.counts[header]["documented"] += 1
                self.reasons["random certificates: the same but for what the crate escapes"] += 1
                continue
            # Every row that covers it has matched.
            covering = [difference for difference in differences if difference.covers(*case)]
            if covering:
                self.counts[header]["documented"] += 1
                self.reasons[covering[0].reason] += 1
            else:
                self.counts[header]["wrong"] += 1
                self.wrong.append((certificate, header, their_value, our_value))


def outdated(differences, listeners):
    """Rows for listeners that ran, with the patterns for which the difference was not seen."""
    for difference in differences:
        unmet = [pattern for pattern in difference.certificates if pattern not in difference.met and not is_random(pattern)]
        if unmet and any(fnmatch.fnmatchcase(listener, difference.listener) for listener in listeners):
            yield difference, unmet


def shown(value, other):
    """A printable value; of two long values the part around their first difference."""
    if value is ABSENT:
        return "(no header)"
    start = 0
    if other is not ABSENT and len(value) > 300:
        same = next((at for at, (one, two) in enumerate(zip(value, other)) if one != two), min(len(value), len(other)))
        start = max(0, same - 60)
    part = value[start : start + 300]
    text = "".join(character if " " <= character <= "~" else f"<{ord(character):02X}>" for character in part)
    return ("..." if start else "") + (text or "(empty)") + ("..." if start + 300 < len(value) else "")


def print_result(result):
    print(f"\n{result.listener}  ({result.title})  {result.compared} certificates compared")
    for why, names in result.apart.items():
        print(f"  {len(names)} {why}: {', '.join(names)}")
    if not result.counts:
        return
    width = max(map(len, result.counts))
    print(f"  {'header':<{width}}  equal  documented  wrong")
    for header, count in result.counts.items():
        print(f"  {header:<{width}}  {count['equal']:>5}  {count['documented'] or '':>10}  {count['wrong'] or '':>5}")
    for reason, count in result.reasons.most_common():
        print(f"  documented, {count} times: {reason}")
    for certificate, header, theirs, ours in result.wrong:
        print(f"  WRONG {header} for {certificate}\n    proxy: {shown(theirs, ours)}\n    ours:  {shown(ours, theirs)}")
