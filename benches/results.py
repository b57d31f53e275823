"""Reads and writes the results in benches/results: for each benchmark a file of `# key: value` lines and tab-separated tables with a head."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "results"


@dataclass
class Result:
    """Notes and tables; a table is a list of rows, the head first."""

    notes: dict
    tables: list


def parse(text):
    notes, tables, is_open = {}, [], False
    for line in text.splitlines():
        if line.startswith("# "):
            key, value = line[2:].split(": ", 1)
            notes[key] = value
        elif not line:
            is_open = False
        else:
            if not is_open:
                tables.append([])
            is_open = True
            tables[-1].append(line.split("\t"))
    return Result(notes, tables)


def is_kept(name):
    return (FOLDER / f"{name}.tsv").is_file()


def kept(name):
    return parse((FOLDER / f"{name}.tsv").read_text())


def keep(name, notes, text):
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{name}.tsv"
    file.write_text("".join(f"# {key}: {value}\n" for key, value in notes.items()) + text.rstrip("\n") + "\n")
    return file


def print_crates(folder, *names):
    """Prints the versions of these crates in the folder's Cargo.lock, as `# name: version` lines."""
    packages = dict(re.findall(r'^name = "(.*)"\nversion = "(.*)"', (folder / "Cargo.lock").read_text(), re.MULTILINE))
    for name in names:
        print(f"# {name}: {packages[name]}", flush=True)
