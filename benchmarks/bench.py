"""Times kernels against their peers; ./dev bench runs this.

    bench.py --bin=build/bin [OPTION of bn-bench]...
    bench.py --bin=build/bin --compile
    bench.py --bin=build/bin --write=docs/Benchmark.md [--quick] [--rounds=N]

--compile times the compiler instead; --write measures everything and writes a
page with a picture. --json=FILE keeps the numbers of any of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import compile_time
import report

# What a page shows.
RUNS = (
    ("--peers", "--threads=1,2"),
    ("--peers", "--type=bf16,f16"),
    ("--neighbours", "--layout=nchw,nhwc"),
    ("--dynamic",),
)

# What the speed of vectors depends on, as the kernel names it.
VECTORS = ("avx2", "fma", "f16c", "avx512f", "avx512_bf16", "avx512_fp16", "asimd", "bf16", "sve")


def machine():
    """Its processor, by the name that people know, and what its vectors can do."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        lines = [line.partition(":") for line in file]
    values = {key.strip(): value.split() for key, _, value in lines}
    count = sum(key.strip() == "processor" for key, _, _ in lines)
    name = " ".join(values.get("model name", [os.uname().machine]))
    flags = values.get("flags", values.get("Features", []))
    vectors = ", ".join(flag for flag in VECTORS if flag in flags)
    return f"{count} × {name} ({vectors})"


def measure_everything(folder, options):
    """The numbers of all runs, together."""
    numbers = {"machine": machine(), "peers": [], "tables": []}
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "run.json")
        for run in RUNS:
            run_bench(folder, [*run, *options, f"--json={path}"])
            with open(path, encoding="utf-8") as file:
                part = json.load(file)
            part["peers"] = part["peers"] or numbers["peers"]
            numbers |= part | {"tables": numbers["tables"] + part["tables"]}
    return numbers | {"compile": measure_compiler(folder)}


def measure_compiler(folder):
    result = compile_time.measure(folder)
    print("", *compile_time.lines_of(result), sep="\n")
    return result


def run_bench(folder, options):
    """Runs bn-bench; its failure is ours."""
    sys.stdout.flush()
    status = subprocess.call([os.path.join(folder, "bn-bench"), *options])
    if status:
        sys.exit(status)


def main():
    arguments = argparse.ArgumentParser(add_help=False)
    arguments.add_argument("--bin", default="build/bin")
    arguments.add_argument("--compile", action="store_true")
    arguments.add_argument("--write")
    arguments.add_argument("--json")
    arguments.add_argument("--help", action="store_true")
    options, others = arguments.parse_known_args()
    if options.help:
        print(__doc__)
        others = ["--help"]
    elif options.compile and (options.write or others):
        sys.exit("error: --compile takes no other option than --json")
    if options.help or not (options.compile or options.write):
        if options.json:
            others.append(f"--json={options.json}")
        run_bench(options.bin, others)
        return
    if options.compile:
        numbers = {"machine": machine(), "compile": measure_compiler(options.bin)}
    else:
        numbers = measure_everything(options.bin, others)
        report.write(numbers, options.write)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(numbers, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
