"""Talks to benchmarks/torch_worker.py: torch_worker.py WORKER FOLDER."""

import json
import os
import subprocess
import sys

import numpy as np


def ask(worker, request):
    worker.stdin.write(json.dumps(request) + "\n")
    worker.stdin.flush()
    return json.loads(worker.stdout.readline())


def expect_near(got, wanted, name):
    assert got.shape == wanted.shape and got.dtype == np.float32, name
    assert np.abs(got - wanted).max() < 1e-5 * np.abs(wanted).max(), name


def along(parameter, axis):
    return parameter if axis == 3 else parameter[:, None, None]


def check(worker, folder, forward, axis):
    """One pass, with channels first (axis 1) or last (axis 3)."""
    random = np.random.default_rng(1)
    shape = (2, 4, 3, 5) if axis == 1 else (2, 3, 5, 4)
    x, d = random.normal(size=(2, *shape)).astype(np.float32)
    g, b = random.normal(size=(2, 4)).astype(np.float32)
    others = tuple(dim for dim in range(4) if dim != axis)
    mean, variance = x.mean(others), x.var(others)
    s = 1 / np.sqrt(variance + 1e-3)
    normal = (x - along(mean, axis)) * along(s, axis)
    if forward:
        arguments = (x, g, b)
        wanted = normal * along(g, axis) + along(b, axis), mean, variance
    else:
        arguments = (x, g, b, mean, variance, d)
        db, dg = d.sum(others), (d * normal).sum(others)
        centred = d - (along(db, axis) + normal * along(dg, axis)) / 30
        wanted = centred * along(g * s, axis), dg, db
    for position, array in enumerate(arguments):
        np.save(os.path.join(folder, f"argument{position}.npy"), array)
    request = {"do": "load", "folder": folder, "pass": "forward" if forward else "backward"}
    request |= {"channels_last": axis == 3, "epsilon": 1e-3, "threads": 2}
    assert ask(worker, request) == {}
    assert ask(worker, {"do": "run"}) == {}
    for position, want in enumerate(wanted):
        got = np.load(os.path.join(folder, f"result{position}.npy"))
        expect_near(got, want, f"result {position}, {request}")
    samples = ask(worker, {"do": "time", "slot": 2, "warm_up": 1})["samples"]
    assert samples and min(samples) > 0


def main():
    path, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, path], stdin=pipe, stdout=pipe, text=True) as worker:
        assert "version" in json.loads(worker.stdout.readline())
        for forward in (True, False):
            for axis in (1, 3):
                check(worker, folder, forward, axis)
        missing = {"do": "load", "folder": "/nowhere", "pass": "forward"}
        missing |= {"channels_last": False, "epsilon": 0, "threads": 1}
        assert "argument0.npy" in ask(worker, missing)["error"]
        worker.stdin.close()
        assert worker.wait() == 1


if __name__ == "__main__":
    main()
