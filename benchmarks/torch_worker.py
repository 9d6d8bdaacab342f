"""PyTorch's batch normalization, timed on request: bn-bench's other process.

Says {"version": ...} first, then answers every line of JSON on standard input
with one on standard output. Wherever something fails, that is {"error": ...}.

    {"do": "load", "folder": PATH, "pass": "forward", "channels_last": false,
     "epsilon": 1e-5, "threads": 2}
            takes PATH/argument0.npy, ...: input, gamma, beta; backward: input,
            gamma, beta, mean, variance, delta
    {"do": "run"}
            computes once, into PATH/result0.npy, ...: output, mean, variance;
            backward: input_delta, gamma_delta, beta_delta
    {"do": "time", "slot": 20, "warm_up": 5}
            runs for that many milliseconds; {"samples": [...]} are those that
            single runs took, at least one
"""

import json
import os
import sys
import time

import numpy as np


class Kernel:
    """A call of PyTorch's CPU kernel, on arrays in its own memory."""

    def __init__(self, request):
        import torch

        self.torch = torch
        torch.set_num_threads(request["threads"])
        self.folder = request["folder"]
        self.forward = request["pass"] == "forward"
        self.channels_last = request["channels_last"]
        self.epsilon = request["epsilon"]
        count = 3 if self.forward else 6
        self.arguments = [self.read(position) for position in range(count)]
        if not self.forward:
            # It keeps 1 / sqrt(variance + epsilon) instead.
            self.arguments[4] = (self.arguments[4] + self.epsilon).rsqrt()

    def path(self, kind, position):
        return os.path.join(self.folder, f"{kind}{position}.npy")

    def read(self, position):
        array = self.torch.from_numpy(np.load(self.path("argument", position)))
        # Shapes are N x C x H x W for PyTorch, strides say what is innermost.
        return array.permute(0, 3, 1, 2) if self.is_inner(array) else array

    def write(self, position, array):
        array = array.permute(0, 2, 3, 1) if self.is_inner(array) else array
        np.save(self.path("result", position), np.ascontiguousarray(array.numpy()))

    def is_inner(self, array):
        return self.channels_last and array.ndim == 4

    def __call__(self):
        if self.forward:
            return self.torch.native_batch_norm(
                *self.arguments, None, None, True, 0, self.epsilon
            )
        input, gamma, _, mean, inverse, delta = self.arguments
        return self.torch.ops.aten.native_batch_norm_backward(
            delta, input, gamma, None, None, mean, inverse, True, self.epsilon, [True] * 3
        )

    def run(self):
        results = list(self())
        if self.forward:
            results[2] = results[2] ** -2 - self.epsilon
        for position, array in enumerate(results):
            self.write(position, array)
        return {}

    def time(self, slot, warm_up):
        samples = []
        begin = end = 1e3 * time.perf_counter()
        while end < begin + slot:
            start = end
            self()
            end = 1e3 * time.perf_counter()
            if start >= begin + warm_up or end >= begin + slot:
                samples.append(end - start)
        return {"samples": samples}


def answers(lines):
    """What there is to say, beginning with the version."""
    import torch

    yield {"version": torch.__version__}
    kernel = None
    for line in lines:
        request = json.loads(line)
        if request["do"] == "load":
            kernel = None
            kernel = Kernel(request)
            yield {}
        elif request["do"] == "run":
            yield kernel.run()
        else:
            yield kernel.time(request["slot"], request["warm_up"])


def main():
    try:
        for answer in answers(sys.stdin):
            print(json.dumps(answer), flush=True)
    except Exception as error:  # Whatever it is, the other process reports it.
        print(json.dumps({"error": str(error).split("\n")[0]}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
