"""Quantises the weights of an exported model to int8 with one scale per output channel.

    python3 quantise.py work/bobbin/onnx/model.onnx work/bobbin/onnx/model_quantized.onnx

Matrices become DequantizeLinear nodes. Embedding rows are gathered as int8 and scaled after that, so that the
table is not dequantised to read one row. Norms and rotary tables stay float.
"""
import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LARGEST = 127
ROTARY_TABLE_ROWS = 512
LAST_AXIS = "quantise_last_axis"


class Quantiser:
    def __init__(self, model: onnx.ModelProto):
        self.graph = model.graph
        self.users = defaultdict(list)
        for node in self.graph.node:
            for name in node.input:
                self.users[name].append(node)

    def run(self) -> None:
        for tensor in list(self.graph.initializer):
            if self._is_matrix(tensor):
                self._quantise(tensor)
        self.graph.initializer.append(numpy_helper.from_array(np.array([-1], np.int64), LAST_AXIS))

    def _is_matrix(self, tensor: onnx.TensorProto) -> bool:
        shape, used_by = tuple(tensor.dims), {node.op_type for node in self.users[tensor.name]}
        if tensor.data_type != TensorProto.FLOAT or len(shape) != 2 or not used_by & {"MatMul", "Gather", "Transpose"}:
            return False
        return not (shape[0] == ROTARY_TABLE_ROWS and used_by == {"Gather"})

    def _quantise(self, tensor: onnx.TensorProto) -> None:
        """The embedding [V, D] is scaled per row (axis 0), a MatMul weight [in, out] per column (axis 1)."""
        weights, users = numpy_helper.to_array(tensor), self.users[tensor.name]
        axis = 0 if any(node.op_type in ("Gather", "Transpose") for node in users) else 1
        scales = np.maximum(np.abs(weights).max(axis=1 - axis, keepdims=True), 1e-8) / LARGEST
        quantised = np.clip(np.round(weights / scales), -LARGEST, LARGEST).astype(np.int8)
        scales = scales.reshape(-1).astype(np.float32)
        names = [f"{tensor.name}_{part}" for part in ("int8", "scale", "zero")]
        self.graph.initializer.remove(tensor)
        for name, array in zip(names, (quantised, scales, np.zeros(len(scales), np.int8))):
            self.graph.initializer.append(numpy_helper.from_array(array, name))
        gathers = [node for node in users if node.op_type == "Gather"]
        for node in gathers:
            self._gather_int8(node, *names[:2])
        if len(gathers) < len(users):
            self.graph.node.insert(0, helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis))

    def _gather_int8(self, gather: onnx.NodeProto, table: str, scale: str) -> None:
        """Gather(weights) becomes Cast(Gather(int8)) * Unsqueeze(Gather(scale))."""
        ids, out = gather.input[1], gather.output[0]
        position = list(self.graph.node).index(gather)
        self.graph.node.remove(gather)
        replacement = [
            helper.make_node("Gather", [table, ids], [out + "_int8"], axis=0),
            helper.make_node("Cast", [out + "_int8"], [out + "_float"], to=TensorProto.FLOAT),
            helper.make_node("Gather", [scale, ids], [out + "_scale"], axis=0),
            helper.make_node("Unsqueeze", [out + "_scale", LAST_AXIS], [out + "_scale_column"]),
            helper.make_node("Mul", [out + "_float", out + "_scale_column"], [out]),
        ]
        for offset, node in enumerate(replacement):
            self.graph.node.insert(position + offset, node)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", type=Path)
    arguments.add_argument("out", type=Path)
    options = arguments.parse_args()
    model = onnx.load(options.model)
    Quantiser(model).run()
    onnx.checker.check_model(model)
    onnx.save(model, options.out)
    print(f"{options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
