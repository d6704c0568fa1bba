"""Writes the small graphs of the engine's tests.

half-decoder.onnx and its external weights are what the embedded model is not: float16 throughout, no
position_ids, weights in a file of their own. identity.onnx is no decoder; unknown-operator.onnx holds
an operator that no runtime has.

Token v has the embedding table[v]; the logits are (table[last] + sum of all embeddings read) . table^T,
so they depend on the cache. Every value is a small multiple of 1/2: exact in float16.

    python3 packages/engine/src/testing/make_graphs.py
"""
import os
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh

here = Path(__file__).resolve().parent
os.chdir(here)
table = np.array([[0, 1], [1, 0], [1, 1], [-1, 2], [2, -1], [0.5, 0.5]], np.float16)
vocabulary, width = table.shape
cache = ['batch_size', 1, 'past_sequence_length', width]
grown = ['batch_size', 1, 'total_sequence_length', width]


def value(name, kind, dims):
    return h.make_tensor_value_info(name, kind, dims)


graph = h.make_graph(
    [
        h.make_node('Gather', ['table', 'input_ids'], ['embedded']),  # [batch, tokens, width]
        h.make_node('Unsqueeze', ['embedded', 'one'], ['heads']),  # [batch, 1, tokens, width]
        h.make_node('Concat', ['past_key_values.0.key', 'heads'], ['present.0.key'], axis=2),
        h.make_node('Concat', ['past_key_values.0.value', 'heads'], ['present.0.value'], axis=2),
        h.make_node('ReduceSum', ['present.0.value', 'two'], ['sum'], keepdims=0),  # [batch, 1, width]
        h.make_node('Add', ['embedded', 'sum'], ['hidden']),
        h.make_node('Transpose', ['table'], ['head'], perm=[1, 0]),
        h.make_node('MatMul', ['hidden', 'head'], ['logits']),
    ],
    'half_decoder',
    [
        value('input_ids', T.INT64, ['batch_size', 'sequence_length']),
        value('attention_mask', T.INT64, ['batch_size', 'total_sequence_length']),
        value('past_key_values.0.key', T.FLOAT16, cache),
        value('past_key_values.0.value', T.FLOAT16, cache),
    ],
    [
        value('logits', T.FLOAT16, ['batch_size', 'sequence_length', vocabulary]),
        value('present.0.key', T.FLOAT16, grown),
        value('present.0.value', T.FLOAT16, grown),
    ],
    [
        nh.from_array(table, 'table'),
        nh.from_array(np.array([1], np.int64), 'one'),
        nh.from_array(np.array([2], np.int64), 'two'),
    ],
)
model = h.make_model(graph, opset_imports=[h.make_opsetid('', 14)], producer_name='weft')
model.ir_version = 8
onnx.checker.check_model(model)
(here / 'half-decoder.onnx_data').unlink(missing_ok=True)
onnx.save_model(
    model,
    str(here / 'half-decoder.onnx'),
    save_as_external_data=True,
    location='half-decoder.onnx_data',
    size_threshold=50,  # the table, not the axes
)


def save_single(name, operator):
    x = value('x', T.FLOAT, [1])
    node = h.make_node(operator, ['x'], ['y'])
    graph = h.make_graph([node], name, [x], [value('y', T.FLOAT, [1])])
    model = h.make_model(graph, opset_imports=[h.make_opsetid('', 14)], producer_name='weft')
    model.ir_version = 8
    onnx.save_model(model, str(here / f'{name}.onnx'))


save_single('identity', 'Identity')
save_single('unknown-operator', 'MadeUp')
