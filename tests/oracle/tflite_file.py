"""A .tflite file as plain Python values."""

import re
from dataclasses import dataclass

import numpy as np
from ai_edge_litert import schema_py_generated as schema

CODES = {v: k for k, v in vars(schema.BuiltinOperator).items() if not k.startswith("_")}
TYPES = {0: np.float32, 2: np.int32, 4: np.int64, 6: np.bool_, 9: np.int8}


@dataclass
class Tensor:
    name: str
    shape: tuple
    dtype: type
    scales: np.ndarray  # float32; empty where the tensor has none
    zero_points: np.ndarray
    data: np.ndarray  # None for what is computed


@dataclass
class Operator:
    code: str
    inputs: list  # of Tensor; None for an operand left out
    outputs: list


@dataclass
class File:
    operators: list
    inputs: list
    outputs: list


def _tensor(table, buffers):
    shape = tuple(int(n) for n in table.shape) if table.shape is not None else ()
    dtype = TYPES.get(table.type, np.void)
    raw = buffers[table.buffer].data
    data = None
    if raw is not None and len(raw):
        data = np.frombuffer(np.asarray(raw, np.uint8).tobytes(), dtype).reshape(shape)
    q = table.quantization
    has_scales = q is not None and q.scale is not None
    scales = np.asarray(q.scale if has_scales else [], np.float32)
    zeros = np.asarray(q.zeroPoint if has_scales else [], np.int64)
    return Tensor(table.name.decode(), shape, dtype, scales, zeros, data)


def read(path):
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    graph = model.subgraphs[0]
    tensors = [_tensor(table, model.buffers) for table in graph.tensors]

    def named(indices):
        return [None if i < 0 else tensors[i] for i in indices if indices is not None]

    operators = []
    for table in graph.operators:
        code = model.operatorCodes[table.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        operators.append(Operator(CODES[number], named(table.inputs), named(table.outputs)))
    return File(operators, named(graph.inputs), named(graph.outputs))


def without_number(name):
    """TensorFlow appends a number to a layer's name for each export."""
    return re.sub(r"_\d+$", "", name)
