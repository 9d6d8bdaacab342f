"""Which elements of an op's data belong to one channel."""

from math import prod

import numpy as np

from element_types import WIDE


class Channels:
    """How parameters of one op relate to its data."""

    def __init__(self, shape, channel_dims):
        if list(channel_dims) != sorted(set(channel_dims)):
            raise ValueError(f"channel_dims {channel_dims} are not strictly increasing")
        if not all(0 <= d < len(shape) for d in channel_dims):
            raise ValueError(f"channel_dims {channel_dims} are out of range for {shape}")
        self.data_shape = tuple(shape)
        self.shape = tuple(shape[d] for d in channel_dims)
        self.reduced_dims = tuple(d for d in range(len(shape)) if d not in channel_dims)
        self.count = prod(shape[d] for d in self.reduced_dims)

    def expand(self, parameter):
        """A parameter with 1 for every reduced dim, ready to broadcast."""
        if parameter.shape != self.shape:
            raise ValueError(f"parameter of shape {parameter.shape}, expected {self.shape}")
        return np.expand_dims(parameter, self.reduced_dims)

    def spread(self, parameter):
        """A parameter repeated to the shape of the data."""
        return np.broadcast_to(self.expand(parameter), self.data_shape)

    def sum(self, data):
        """Sum over the reduced dims: data to parameter."""
        if data.shape != self.data_shape:
            raise ValueError(f"data of shape {data.shape}, expected {self.data_shape}")
        return data.sum(axis=self.reduced_dims, dtype=WIDE)

    def mean(self, data):
        """Mean over the reduced dims; NaN where there is nothing to average."""
        return self.sum(data) / WIDE(self.count)
