"""A picture of a comparison with peers: speed as a fraction of the memory bound's."""

from html import escape

WIDTH, PANEL_HEIGHT, MARGIN, TOP = 480, 190, 44, 56
COLOURS = {"ours": "#1f6fb4", "oneDNN": "#e0a030", "PyTorch": "#c4524e", "upstream": "#999999"}
LAYOUTS = {"nchw": "N × C × H × W", "nhwc": "N × H × W × C", "nChw8c": "N × C/8 × H × W × 8"}


def text(x, y, content, anchor="middle", **attributes):
    more = "".join(f" {key.replace('_', '-')}='{value}'" for key, value in attributes.items())
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'{more}>{escape(content)}</text>"


def line(x1, x2, y, colour, **attributes):
    more = "".join(f" {key.replace('_', '-')}='{value}'" for key, value in attributes.items())
    return f"<line x1='{x1:.1f}' x2='{x2:.1f}' y1='{y:.1f}' y2='{y:.1f}' stroke='{colour}'{more}/>"


def speeds(row):
    """Of the memory bound's, by contestant; those without a kernel are left out."""
    return {
        name: row["bound_ms"] / times["median_ms"]
        for name, times in row["times"].items()
        if times
    }


def panel(x, y, rows, highest):
    """One layout and pass: a group of bars for each shape."""
    width, height = WIDTH - 2 * MARGIN, PANEL_HEIGHT - 2 * MARGIN
    left, bottom = x + MARGIN, y + PANEL_HEIGHT - MARGIN
    at = lambda speed: bottom - speed / highest * height
    yield text(left + width / 2, y + MARGIN - 10, f"{LAYOUTS[rows[0]['layout']]}, {rows[0]['pass']}")
    for half in range(int(2 * highest) + 1):
        yield line(left, left + width, at(half / 2), "#ddd")
        yield text(left - 6, at(half / 2) + 4, f"{half / 2:g}", "end")
    step = width / len(rows)
    for group, row in enumerate(rows):
        bars = speeds(row)
        bar = 0.8 * step / len(row["times"])
        for place, name in enumerate(row["times"]):
            if name in bars:
                start = left + (group + 0.1) * step + place * bar
                top = at(bars[name])
                yield (
                    f"<rect x='{start:.1f}' y='{top:.1f}' width='{bar:.1f}' "
                    f"height='{bottom - top:.1f}' fill='{COLOURS[name]}'/>"
                )
        label = f"{row['channels']}×{row['height']}²"
        yield text(left + (group + 0.5) * step, bottom + 14, label, font_size=9)
    yield line(left, left + width, at(1), "#333", stroke_dasharray="4 3")


def draw(table, title):
    """The text of an SVG file: a row of panels for each layout, a column for each pass."""
    layouts = [name for name in LAYOUTS if any(r["layout"] == name for r in table["rows"])]
    highest = max(1, *(speed for row in table["rows"] for speed in speeds(row).values()))
    # In halves.
    highest = -(-2 * highest // 1) / 2
    names = list(table["rows"][0]["times"])
    width, height = 2 * WIDTH, TOP + len(layouts) * PANEL_HEIGHT
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' "
        "font-family='sans-serif' font-size='11'>",
        f"<rect width='{width}' height='{height}' fill='white'/>",
        text(width / 2, 22, title, font_size=15),
    ]
    for place, name in enumerate(names):
        x = width / 2 + (place - len(names) / 2) * 100
        parts.append(f"<rect x='{x}' y='34' width='10' height='10' fill='{COLOURS[name]}'/>")
        parts.append(text(x + 15, 43, name, "start"))
    for place, layout in enumerate(layouts):
        for column, direction in enumerate(("forward", "backward")):
            rows = [r for r in table["rows"] if (r["layout"], r["pass"]) == (layout, direction)]
            parts += panel(column * WIDTH, TOP + place * PANEL_HEIGHT, rows, highest)
    return "\n".join([*parts, "</svg>", ""])
