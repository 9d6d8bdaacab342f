"""Runs bn-runner where memory and files are scarce, or where it is killed.

Files are whole or not there; what was there before stays.
"""

import os
import resource
import signal
import subprocess
import sys
import time

import numpy as np

PROGRAM = sys.argv[1]


def run(*arguments, limit=None, size=0):
    """Exit status and standard error of bn-runner, under a limit of resources."""

    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if limit is not None:
            resource.setrlimit(limit, (size, size))

    done = subprocess.run(
        ["bn-runner", PROGRAM, *arguments], preexec_fn=prepare, stderr=subprocess.PIPE, text=True
    )
    return done.returncode, done.stderr


def expect(got, status, message):
    assert got[0] == status and got[1].startswith("error: ") and message in got[1], got
    assert got[1].count("\n") == 1, got


def kill(number, directory):
    """Kills a run that waits with one output written beside its place."""
    pipe = f"{directory}/pipe"
    os.mkfifo(pipe)
    command = ["bn-runner", PROGRAM, "--entry=twice", "--arg=ones(2xf32)"]
    process = subprocess.Popen(command + [f"--out={directory}/y.npy", f"--out={pipe}"])
    deadline = time.monotonic() + 60
    while not any(name.endswith(".tmp") for name in os.listdir(directory)):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait() == -number
    os.remove(pipe)


# A file that cannot grow, as on a full disk.
os.mkdir("full")
np.save("full/y.npy", np.zeros(3, "f4"))
before = open("full/y.npy", "rb").read()
got = run("--entry=twice", "--arg=ones(100000xf32)", "--out=full/y.npy", "--out=full/z.npy",
          limit=resource.RLIMIT_FSIZE, size=4096)  # fmt: skip
expect(got, 2, "cannot write '" + os.path.realpath("full/y.npy") + "': File too large")
assert os.listdir("full") == ["y.npy"] and open("full/y.npy", "rb").read() == before

# No memory for an argument, and for an array that the program makes.
few = dict(limit=resource.RLIMIT_AS, size=4 << 30)
expect(run("--entry=twice", "--arg=ones(2000000000xf32)", **few), 2,
       "argument #0 (--arg=ones(2000000000xf32)): no memory for an array of 2000000000xf32")  # fmt: skip
expect(run("--entry=outer", "--arg=ones(1x60000xf32)", **few), 2,
       "no memory for a temporary array of ")  # fmt: skip

# Asked to end, it cleans up; killed, it leaves its own file alone.
os.mkdir("terminated")
kill(signal.SIGTERM, "terminated")
assert os.listdir("terminated") == []
os.mkdir("killed")
kill(signal.SIGKILL, "killed")
assert not os.path.exists("killed/y.npy")
