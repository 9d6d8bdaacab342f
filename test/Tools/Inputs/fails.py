"""fails.py STATUS COMMAND...: runs a command that must fail as bn-runner promises.

It ends with STATUS, prints nothing on standard output, and on standard error
one line that begins with `error: `. That line is printed here.
"""

import subprocess
import sys

status, command = int(sys.argv[1]), sys.argv[2:]
done = subprocess.run(command, capture_output=True, text=True, timeout=60)
lines = done.stderr.splitlines()
if (
    done.returncode != status
    or done.stdout
    or len(lines) != 1
    or not lines[0].startswith("error: ")
):
    sys.exit(
        f"expected exit status {status} and one line of error, got {done.returncode}\n"
        f"standard output: {done.stdout}\nstandard error: {done.stderr}"
    )
print(lines[0])
