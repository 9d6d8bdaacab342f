"""Random changes to the text of MLIR programs and to bytes."""

import re

SIZES = ("0", "1", "2", "7", "17", "64", "127", "65536", "2147483647", "2147483648", "4294967296",
         "1099511627776", "4611686018427387904", "9223372036854775807", "9223372036854775808",
         "18446744073709551616", "-1", "-9223372036854775808", "?")  # fmt: skip
ELEMENTS = ("f16", "bf16", "f32", "f64", "f80", "f128", "i1", "i8", "i64", "i65", "ui8", "index",
            "none", "tf32", "f8E4M3FN", "complex<f32>", "vector<4xf32>", "tuple<>")  # fmt: skip
TYPES = ("tensor<*xf32>", "tensor<f32>", "memref<4xf32>", "memref<?x?xf32, strided<[?, ?]>>",
         "memref<4xf32, 1>", "vector<4xf32>", "f32", "index", "!llvm.ptr", "(f32) -> f32",
         "tensor<4xf32, 1>", "tensor<1099511627776x1099511627776xf32>", "tensor<0x0xf32>",
         "tensor<" + "1x" * 200 + "f32>", "tensor<" + "?x" * 40 + "f64>",
         "memref<" + "2x" * 70 + "f32>")  # fmt: skip
NUMBERS = ("0.0", "-0.0", "1.0e-400", "1.0e400", "0x7FC00000", "0x7F800000", "-1.0e-5", "nan")
TOKEN = r"%[\w#$.-]+|@\w+|#\w+|!\w+|\d+(?:\.\d+(?:[eE][+-]?\d+)?)?|[A-Za-z_][\w.$]*|\S"
TYPE = r"(?:tensor|memref|vector)<[^<>]*>"
ELEMENT = r"\b(?:bf16|f16|f32|f64|i1|i32|i64|index)\b"


def everywhere_or_once(random, pattern, text, choose):
    """Replaces one match of the pattern, or everything that is spelled like it."""
    matches = list(re.finditer(pattern, text))
    if not matches:
        return text
    match = random.choice(matches)
    new = choose(match.group())
    if random.random() < 0.6:
        word = re.escape(match.group())
        return re.sub(rf"(?<![\w.#]){word}(?![\w.])|(?<=[<x]){word}(?=x)", lambda _: new, text)
    return text[: match.start()] + new + text[match.end() :]


def change_size(random, text):
    return everywhere_or_once(
        random, r"(?<=[<x])(?:\d+|\?)(?=x)|(?<![\w.%@#])\d+(?![\w.])", text,
        lambda _: random.choice(SIZES),
    )  # fmt: skip


def change_element(random, text):
    return everywhere_or_once(random, ELEMENT, text, lambda _: random.choice(ELEMENTS))


def change_type(random, text):
    return everywhere_or_once(random, TYPE, text, lambda _: random.choice(TYPES))


def change_number(random, text):
    return everywhere_or_once(random, r"-?\d+\.\d+(?:[eE][+-]?\d+)?", text,
                              lambda _: random.choice(NUMBERS))  # fmt: skip


def change_list(random, text):
    """Attributes like channel_dims and dimensions."""

    def numbers(_):
        count = random.choice((0, 1, 2, 3, 3, 9))
        return f"[{', '.join(random.choice(SIZES[:8] + ('-1', '3')) for _ in range(count))}]"

    return everywhere_or_once(random, r"\[[-\d, ]*\]", text, numbers)


def change_rank(random, text):
    """One dim more or less in every type that begins alike."""
    match = re.search(r"<((?:\d+|\?)x)", text)
    if not match:
        return text
    if random.random() < 0.5:
        return text.replace("<" + match[1], "<")
    return text.replace("<" + match[1], f"<{random.choice(SIZES)}x{match[1]}")


def swap_values(random, text):
    values = re.findall(r"%[\w#]+", text)
    if len(values) < 2:
        return text
    return everywhere_or_once(random, r"%[\w#]+", text, lambda _: random.choice(values))


def change_tokens(random, text):
    tokens = list(re.finditer(TOKEN, text))
    if not tokens:
        return text
    token = random.choice(tokens)
    new = random.choice(("", token.group() * 2, random.choice(tokens).group()))
    return text[: token.start()] + new + text[token.end() :]


def change_lines(random, text):
    lines = text.splitlines()
    index = random.randrange(len(lines))
    kind = random.randrange(3)
    if kind == 0:
        del lines[index]
    elif kind == 1:
        lines.insert(index, random.choice(lines))
    else:
        other = random.randrange(len(lines))
        lines[index], lines[other] = lines[other], lines[index]
    return "\n".join(lines)


def nest_deeply(random, text):
    depth = random.choice((10, 100, 2000))
    kind = random.randrange(3)
    if kind == 0:
        return "module {\n" * depth + text + "\n}" * depth
    if kind == 1:
        return f"func.func private @deep() -> {'tuple<' * depth}f32{'>' * depth}\n{text}"
    return f"#deep = affine_map<(d) -> ({'(' * depth}d{')' * depth})>\n{text}"


def flip_bytes(random, text):
    data = bytearray(text.encode())
    for _ in range(random.randint(1, 4)):
        data[random.randrange(len(data))] = random.randrange(256)
    return data.decode("latin1")


MUTATIONS = (
    [change_size] * 5 + [change_element] * 3 + [change_type] * 2 + [change_list] * 3
    + [change_rank, change_number, change_lines, change_tokens] * 2 + [swap_values] * 3
    + [flip_bytes]
)  # fmt: skip


def mutate(random, text):
    """A few changes; seldom a deep nest around them."""
    for _ in range(random.choice((1, 1, 2, 3))):
        if text.strip():
            text = random.choice(MUTATIONS)(random, text)
    if random.random() < 0.005:
        text = nest_deeply(random, text)
    return text


def mutate_bytes(random, data):
    """Flipped, removed, repeated and inserted bytes."""
    data = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(data) or 1)
        kind = random.randrange(5)
        if kind < 2 and data:
            data[at] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
        elif kind == 2:
            del data[at : at + random.choice((1, 4, 100))]
        elif kind == 3:
            data[at:at] = data[at : at + random.choice((1, 4, 100))]
        else:
            data[at:at] = bytes(random.randrange(256) for _ in range(random.choice((1, 4, 8))))
    return bytes(data)
