"""Makes the ONNX files beside it with onnx 1.23.2: python recipe.py"""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

OPSET = [helper.make_opsetid("", 13)]


def model(name, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializer=list(initializers))
    made = helper.make_model(graph, opset_imports=OPSET, ir_version=8)
    checker.check_model(made)
    save(made, name + ".onnx")


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


F, I32, I64, U8 = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.UINT8
CODES = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)


def constant(name, array):
    return numpy_helper.from_array(array, name)


def nearest():
    return [
        helper.make_node("Unsqueeze", ["vectors", "two"], ["rows"]),
        helper.make_node("Sub", ["rows", "codes"], ["differences"]),
        helper.make_node("ReduceSumSquare", ["differences"], ["distances"], axes=[3], keepdims=0),
        helper.make_node("ArgMin", ["distances"], ["ids64"], axis=2, keepdims=0),
        helper.make_node("Cast", ["ids64"], ["ids"], to=I32),
        helper.make_node("ReduceMin", ["distances"], ["nearest"], axes=[2], keepdims=0),
        helper.make_node("ReduceMean", ["nearest"], ["error"], axes=[1], keepdims=0),
    ]


model(
    "vector_quantizer",
    nearest(),
    [info("vectors", F, ["b", "n", 2])],
    [info("ids", I32, ["b", "n"]), info("error", F, ["b"])],
    [constant("codes", CODES.reshape(1, 1, 4, 2)), constant("two", np.array([2], np.int64))],
)
model(
    "increments",
    [
        helper.make_node("Add", ["floats", "one_f"], ["floats_out"]),
        helper.make_node("Add", ["longs", "one_l"], ["longs_out"]),
        # Add has no kernel for uint8 here; ids of a byte wrap as uint8 arithmetic does.
        helper.make_node("Cast", ["bytes"], ["wide"], to=I32),
        helper.make_node("Add", ["wide", "one_i"], ["wide_sum"]),
        helper.make_node("Cast", ["wide_sum"], ["bytes_out"], to=U8),
    ],
    [info("floats", F, ["b", 3]), info("longs", I64, ["n"]), info("bytes", U8, ["m"])],
    [info("floats_out", F, ["b", 3]), info("longs_out", I64, ["n"]), info("bytes_out", U8, ["m"])],
    [
        constant("one_f", np.float32(1)),
        constant("one_l", np.int64(1)),
        constant("one_i", np.int32(1)),
    ],
)
# Tensor names with colons, as tf2onnx writes them; channels first; twice the features.
model(
    "features",
    [helper.make_node("Mul", ["serving_default_features:0", "factor"], ["PartitionedCall:0"])],
    [info("serving_default_features:0", F, ["b", 4, "h", "w"])],
    [info("PartitionedCall:0", F, ["b", 4, "h", "w"])],
    [constant("factor", np.float32(2))],
)
B = TensorProto.BOOL
# Twice the features, but NaN where the first one is not positive; which that are, and how many.
model(
    "masked",
    [
        helper.make_node("Slice", ["features", "from", "to", "axes"], ["first"]),
        helper.make_node("Greater", ["first", "zero"], ["positive"]),
        helper.make_node("Mul", ["features", "two_f"], ["doubled"]),
        helper.make_node("Where", ["positive", "doubled", "nan"], ["latents"]),
        helper.make_node("Squeeze", ["positive", "axes"], ["kept"]),
        helper.make_node("Cast", ["kept"], ["ones"], to=I64),
        helper.make_node("ReduceSum", ["ones", "one_axis"], ["count"], keepdims=0),
    ],
    [info("features", F, ["b", 4, 2])],
    [info("latents", F, ["b", 4, 2]), info("kept", B, ["b", 4]), info("count", I64, ["b"])],
    [
        constant("from", np.array([0])),
        constant("to", np.array([1])),
        constant("axes", np.array([2])),
        constant("one_axis", np.array([1])),
        constant("zero", np.float32(0)),
        constant("two_f", np.float32(2)),
        constant("nan", np.float32(np.nan)),
    ],
)
# Half the latents where there are any, -1 elsewhere.
model(
    "masked_decoder",
    [
        helper.make_node("Unsqueeze", ["kept", "axes"], ["wide"]),
        helper.make_node("Mul", ["latents", "half"], ["halved"]),
        helper.make_node("Where", ["wide", "halved", "minus"], ["signal"]),
    ],
    [info("latents", F, ["b", 4, 2]), info("kept", B, ["b", 4])],
    [info("signal", F, ["b", 4, 2])],
    [
        constant("axes", np.array([2])),
        constant("half", np.float32(0.5)),
        constant("minus", np.float32(-1)),
    ],
)
# A recurrent cell with a state for each sample in its second axis, a rate that is a scalar, and an
# offset of fixed extents: the state of two layers is state + rate * input + offset.
model(
    "recurrent",
    [
        helper.make_node("Cast", ["rate"], ["rate_f"], to=F),
        helper.make_node("Mul", ["input", "rate_f"], ["faster"]),
        helper.make_node("Add", ["faster", "offset"], ["step"]),
        helper.make_node("Add", ["state", "step"], ["next"]),
    ],
    [
        info("input", F, ["b", 2]),
        info("state", F, [2, "b", 2]),
        info("rate", I64, []),
        info("offset", F, [1, 2]),
    ],
    [info("next", F, [2, "b", 2])],
)
