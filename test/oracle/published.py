"""Published numbers: operands and results of small examples.

Sources: the StableHLO specification (batch_norm_training, batch_norm_inference,
batch_norm_grad; `feature_index` is our channel_dims) and the unit tests of nGraph
(test/backend/batch_norm.in.cpp, whose test names are kept here).
"""

from dataclasses import dataclass

import numpy as np

from element_types import WIDE


@dataclass(frozen=True)
class Example:
    """One op with literal operands, and what is expected of its results.

    expected   result name -> values, in the shape of the result or as a number
    precision  absolute error allowed by the digits printed; 0 for exact
               numbers, which are held to the tolerance of the element type
    """

    name: str
    op: str
    operands: dict
    expected: dict
    epsilon: float = 0.0
    channel_dims: tuple | None = None
    precision: dict | None = None


def array(values):
    return np.array(values, WIDE)


STABLEHLO_OPERAND = [[[1, 2], [3, 4]], [[3, 4], [1, 2]]]
STABLEHLO_OUTPUT = [[[0, 0], [2, 2]], [[2, 2], [0, 0]]]

STABLEHLO = (
    Example(
        "StableHLO batch_norm_training",
        "training",
        {"input": STABLEHLO_OPERAND, "gamma": [1, 1], "beta": [1, 1]},
        {"output": STABLEHLO_OUTPUT, "mean": [2, 3], "variance": [1, 1]},
        channel_dims=(2,),
    ),
    Example(
        "StableHLO batch_norm_inference",
        "inference",
        {
            "input": STABLEHLO_OPERAND,
            "gamma": [1, 1],
            "beta": [1, 1],
            "mean": [2, 3],
            "variance": [1, 1],
        },
        {"output": STABLEHLO_OUTPUT},
        channel_dims=(2,),
    ),
    Example(
        "StableHLO batch_norm_grad",
        "training_backprop",
        {
            "input": STABLEHLO_OPERAND,
            "gamma": [1, 1],
            "beta": [0, 0],
            "mean": [2, 3],
            "variance": [1, 1],
            "delta": np.full((2, 2, 2), WIDE("0.1")),
        },
        {"input_delta": 0, "gamma_delta": 0, "beta_delta": array(["0.4", "0.4"])},
        channel_dims=(2,),
    ),
)


def ngraph_inference(name, epsilon, input, gamma, beta, mean, variance, output):
    """The small inference tests of nGraph: two rows, the second the first negated."""
    vectors = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    operands = {"input": [input, [-x for x in input]]}
    for key, value in vectors.items():
        operands[key] = [value] * 3 if np.isscalar(value) else value
    return Example(f"nGraph {name}", "inference", operands, {"output": output}, epsilon)


NGRAPH_INFERENCE = (
    *(
        example
        for name, epsilon, unit in (
            ("batch_norm_inference_0eps", 0.0, 1.0),
            ("batch_norm_inference", 0.25, 0.75),
        )
        for example in (
            ngraph_inference(
                f"{name}, gamma", epsilon, [1, 2, 3], [2, 3, 4], 0, 0, unit,
                [[2, 6, 12], [-2, -6, -12]],
            ),
            ngraph_inference(
                f"{name}, beta", epsilon, [1, 2, 3], 1, [2, -2, 3], 0, unit,
                [[3, 0, 6], [1, -4, 0]],
            ),
            ngraph_inference(
                f"{name}, mean", epsilon, [1, 2, 3], 1, 0, [-2, 2, -3], unit,
                [[3, 0, 6], [1, -4, 0]],
            ),
        )
    ),
    ngraph_inference(
        "batch_norm_inference_0eps, variance", 0.0, [1, 2, 3], 1, 0, 0, [0.25, 0.0625, 4],
        [[2, 8, 1.5], [-2, -8, -1.5]],
    ),
    ngraph_inference(
        "batch_norm_inference, variance", 0.25, [3, 5, 1], 1, 0, 0, [2, 6, 0],
        [[2, 2, 2], [-2, -2, -2]],
    ),
)  # fmt: skip

NGRAPH_COLUMN = array([0, 1, 1, 3, 3, 0, -1, -1, -3, -3])
NGRAPH_TABLE = np.stack([NGRAPH_COLUMN, NGRAPH_COLUMN + 1, NGRAPH_COLUMN / 4], axis=1)
NGRAPH_STATISTICS = {"mean": [0, 1, 0], "variance": [4, 4, 0.25]}

NGRAPH_VALUES = array(
    "0.54881352 0.71518934 0.60276335 0.54488319 0.42365479 0.64589411 0.4375872 0.89177299".split()
)
NGRAPH_B2C2H2W1 = {
    "output": array(
        "-0.30327 1.1561 -0.0963782 -0.434702 -1.4011 0.548275 -1.06187 1.59295".split()
    ).reshape(2, 2, 2, 1),
    "mean": array(["0.583388", "0.619252"]),
    "variance": array(["0.0119972", "0.0282681"]),
}

NGRAPH_TRAINING = (
    Example(
        "nGraph batch_norm_training_0eps, mean and variance",
        "training",
        {"input": NGRAPH_TABLE, "gamma": [1, 1, 1], "beta": [0, 0, 0]},
        {"output": np.stack([NGRAPH_COLUMN / 2] * 3, axis=1), **NGRAPH_STATISTICS},
    ),
    Example(
        "nGraph batch_norm_training_0eps, gamma and beta",
        "training",
        {"input": NGRAPH_TABLE, "gamma": [2, 1, 2], "beta": [0, 1, 1]},
        {
            "output": np.stack([NGRAPH_COLUMN, NGRAPH_COLUMN / 2 + 1, NGRAPH_COLUMN + 1], axis=1),
            **NGRAPH_STATISTICS,
        },
    ),
    Example(
        "nGraph batch_norm_fprop_b1c2h2w2",
        "training",
        {"input": NGRAPH_VALUES.reshape(1, 2, 2, 2), "gamma": [1, 1], "beta": [0, 0]},
        {
            "output": array(
                "-0.71498716 1.48388731 -0.00196938 -0.76693159"
                " -0.91316032 0.23943391 -0.84090298 1.51462936".split()
            ).reshape(1, 2, 2, 2),
            "mean": array(["0.602912", "0.599727"]),
            "variance": array(["0.00472505", "0.0361782"]),
        },
        epsilon=0.001,
        precision={"output": 2e-6, "mean": 6e-7, "variance": 6e-8},
    ),
    Example(
        "nGraph batch_norm_fprop_b2c2h2w1",
        "training",
        {"input": NGRAPH_VALUES.reshape(2, 2, 2, 1), "gamma": [1, 1], "beta": [0, 0]},
        NGRAPH_B2C2H2W1,
        epsilon=0.001,
        precision={"output": 6e-6, "mean": 6e-7, "variance": 6e-8},
    ),
    Example(
        "nGraph batch_norm_fprop_b2c2d2h1w1",
        "training",
        {"input": NGRAPH_VALUES.reshape(2, 2, 2, 1, 1), "gamma": [1, 1], "beta": [0, 0]},
        NGRAPH_B2C2H2W1 | {"output": NGRAPH_B2C2H2W1["output"].reshape(2, 2, 2, 1, 1)},
        epsilon=0.001,
        precision={"output": 6e-6, "mean": 6e-7, "variance": 6e-8},
    ),
    Example(
        "nGraph batch_norm_fprop_inference_b2c2h2w1",
        "inference",
        {
            "input": NGRAPH_VALUES.reshape(2, 2, 2, 1),
            "gamma": [1, 1],
            "beta": [0, 0],
            "mean": NGRAPH_B2C2H2W1["mean"],
            "variance": NGRAPH_B2C2H2W1["variance"],
        },
        {"output": NGRAPH_B2C2H2W1["output"]},
        epsilon=0.001,
        precision={"output": 1e-5},
    ),
    Example(
        "nGraph batch_norm_inference_parameters_duplication",
        "inference",
        {
            "input": NGRAPH_VALUES.reshape(2, 2, 2, 1),
            "gamma": [1, 1],
            "beta": [1, 1],
            "mean": [1, 1],
            "variance": [1, 1],
        },
        {
            "output": array(
                "0.54903894 0.71533161 0.60296183 0.54511058"
                " 0.42394274 0.64607101 0.43786817 0.89182704".split()
            ).reshape(2, 2, 2, 1)
        },
        epsilon=0.001,
        precision={"output": 2e-7},
    ),
)

BPROP_INPUT = array(
    """
    10.76331902 11.51178265 10.31018162 12.2993021 14.17626667 14.63498497 13.63494492 13.84248161
    11.34602547 13.22014618 10.46686649 10.39842987 12.94806862 11.71670246 14.94438076 13.13236618
    13.40889645 12.76128387 11.34430027 11.86629677 11.11464024 10.93221283 11.95324039 10.96581173
    13.05455494 14.41404247 13.11169434 11.26559448 10.89965153 14.08202171 11.12685776 12.58428574
    12.59247875 13.00187492 12.66310215 10.06655025 12.62048626 14.47942352 13.84950638 10.61425877
    11.47936344 13.06011772 13.63069057 12.31748772 13.84555244 10.95815468 12.78933334 12.75389099
    """.split()
).reshape(4, 3, 2, 2)

NGRAPH_BPROP = Example(
    "nGraph batch_norm_bprop_n4c3h2w2",
    "training_backprop",
    {
        "input": BPROP_INPUT,
        "gamma": [2, 2, 2],
        "beta": [1, 1, 1],
        "mean": array(["12.56472874", "12.80312157", "11.81676865"]),
        "variance": array(["1.94557643", "1.32772446", "1.28163588"]),
        "delta": np.full((4, 3, 2, 2), WIDE(20)),
    },
    # A constant delta: the gradients by input and gamma are zero but for the
    # rounding of the given mean. The published values are rounding noise too,
    # below the published tolerances, which are kept here.
    {"input_delta": 0, "gamma_delta": 0, "beta_delta": 320},
    epsilon=0.001,
    precision={"input_delta": 1e-4, "gamma_delta": 1e-3},
)

EXAMPLES = (*STABLEHLO, *NGRAPH_INFERENCE, *NGRAPH_TRAINING, NGRAPH_BPROP)
