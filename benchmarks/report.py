"""A page about a benchmark, with a picture beside it.

    report.py NUMBERS.json docs/Benchmark.md

NUMBERS.json is what `./dev bench --write=... --json=NUMBERS.json` keeps. The
picture is docs/benchmark.svg: the name in lower case.
"""

import json
import os
import sys

import compile_time
import picture

HEADING = """# Benchmark

Made by `./dev bench --write=docs/Benchmark.md`. Times are medians in
milliseconds, for 50 images; only ratios of one run count. The bound is the
traffic that cannot be avoided (forward: read x, write y; backward: read x and dy,
write dx) at the bandwidth of a triad with non-temporal stores in the same minutes;
shapes that fit the caches can be faster. `upstream` is the same arithmetic,
lowered by MLIR's own passes without this project's schedules. PyTorch keeps its
memory from call to call here, in huge pages, as the others do; by default it
returns it to the system, which makes it much slower. A `-`: no kernel for this.

"""
INTRODUCTIONS = {
    "neighbours": "A batch norm fused with a neighbour, against the op alone; ideal is the\n"
    "ratio of their traffic.",
    "dynamic": "Kernels compiled with all dims dynamic, against those for the sizes.",
}


def show(value):
    return "-" if value is None else f"{value:.2f}"


def markdown(heads, rows):
    """A table whose first column is text."""
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'--:|' * (len(heads) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def variant(row):
    name = f"{row['layout']} {row['pass']}"
    return name if row["neighbour"] == "none" else f"{name} {row['neighbour']}"


def sections(table):
    """One table: means of ratios, then all cases."""
    rows = table["rows"]
    contestants, columns = list(rows[0]["times"]), list(rows[0]["ratios"])
    plural = "" if table["threads"] == 1 else "s"
    yield f"## {table['comparison']}, {table['type']}, {table['threads']} thread{plural}\n"
    if table["comparison"] in INTRODUCTIONS:
        yield INTRODUCTIONS[table["comparison"]] + "\n"
    means = [[mean["cases"], *map(show, mean["ratios"].values())] for mean in table["means"]]
    yield from markdown(["geometric means", *columns], means)
    cells = [
        [
            f"{row['channels']}×{row['height']}×{row['height']} {variant(row)}",
            show(row["bound_ms"]),
            *(show(times and times["median_ms"]) for times in row["times"].values()),
            *map(show, row["ratios"].values()),
        ]
        for row in rows
    ]
    yield from markdown(["case", "bound", *contestants, *columns], cells)


def chosen_for_picture(tables):
    """The comparison with peers in f32 on most threads."""
    peers = [t for t in tables if (t["comparison"], t["type"]) == ("peers", "f32")]
    return max(peers, key=lambda table: table["threads"], default=None)


def write(numbers, path):
    """The page, and the picture beside it."""
    folder, name = os.path.split(path)
    picture_name = os.path.splitext(name)[0].lower() + ".svg"
    machine = f"{numbers['machine']}; LLVM {numbers['llvm']}; {'; '.join(numbers['peers'])}"
    parts = [HEADING + machine + "\n"]
    table = chosen_for_picture(numbers["tables"])
    if table:
        plural = "" if table["threads"] == 1 else "s"
        title = f"Speed as a fraction of the memory bound's: f32, {table['threads']} thread{plural}"
        with open(os.path.join(folder, picture_name), "w", encoding="utf-8") as file:
            file.write(picture.draw(table, title))
        parts.append(f"![{title}]({picture_name})\n")
    for table in numbers["tables"]:
        parts += sections(table)
    if "compile" in numbers:
        parts += ["## Compile time\n", "```text"]
        parts += [*compile_time.lines_of(numbers["compile"]), "```\n"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts).rstrip("\n") + "\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        write(json.load(file), sys.argv[2])


if __name__ == "__main__":
    main()
