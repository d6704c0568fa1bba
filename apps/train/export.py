"""Exports a checkpoint as fp32 ONNX in Hugging Face layout, with reference numbers for evaluate.ts.

    python3 export.py checkpoint.pt work/bobbin

Writes onnx/model.onnx, config.json, generation_config.json and tokenizer_config.json into the folder, and
reference.json (what torch computes for one random prompt).
Inputs: input_ids, position_ids [B, T], attention_mask [B, P + T] (int64), past_key_values.N.key/value [B, K, P, E].
Outputs: logits [B, T, V], last_hidden_state [B, T, D], present.N.key/value [B, K, P + T, E].
"""
import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from model import NORM_EPSILON, CachedModel, Config, LanguageModel, load_checkpoint
from tokenizer import END, END_OF_TEXT, MARKS

OPSET = 14
BATCH, NEW, TOTAL = "batch_size", "sequence_length", "total_sequence_length"
REFERENCE_TOKENS, REFERENCE_MIDDLE = 20, 7
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ '<|user|>' + message['content'] + '<|end|>' }}"
    "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def export(model: LanguageModel, path: Path) -> None:
    config = model.config
    past_names = [f"past_key_values.{layer}.{part}" for layer in range(config.layers) for part in ("key", "value")]
    present_names = [name.replace("past_key_values", "present") for name in past_names]
    axes = {
        "input_ids": {0: BATCH, 1: NEW},
        "attention_mask": {0: BATCH, 1: TOTAL},
        "position_ids": {0: BATCH, 1: NEW},
        "logits": {0: BATCH, 1: NEW},
        "last_hidden_state": {0: BATCH, 1: NEW},
        **{name: {0: BATCH, 2: "past_sequence_length"} for name in past_names},
        **{name: {0: BATCH, 2: TOTAL} for name in present_names},
    }
    batch, new, past = 2, 3, 5
    example = (
        torch.randint(0, config.vocabulary, (batch, new)),
        torch.ones(batch, past + new, dtype=torch.long),
        torch.arange(past, past + new)[None].repeat(batch, 1),
        *(torch.randn(batch, config.kv_heads, past, config.head_width) for _ in past_names),
    )
    torch.onnx.export(
        CachedModel(model), example, path,
        input_names=["input_ids", "attention_mask", "position_ids", *past_names],
        output_names=["logits", "last_hidden_state", *present_names],
        dynamic_axes=axes, opset_version=OPSET, do_constant_folding=True,
    )
    graph = onnx.load(path)
    share_embedding(graph, config)
    name_output_dimensions(graph, config, axes)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def share_embedding(model: onnx.ModelProto, config: Config) -> None:
    """The exporter folds the transposed embedding into a second copy: puts the Transpose back instead."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    shape = (config.vocabulary, config.width)
    embedding = next(name for name, array in arrays.items() if array.shape == shape)
    for tensor in list(model.graph.initializer):
        array = arrays[tensor.name]
        if array.shape == shape[::-1] and np.array_equal(array, arrays[embedding].T):
            model.graph.initializer.remove(tensor)
            model.graph.node.insert(0, helper.make_node("Transpose", [embedding], [tensor.name], perm=[1, 0]))


def name_output_dimensions(model: onnx.ModelProto, config: Config, axes: dict[str, dict[int, str]]) -> None:
    """Every output dimension gets its name or its size; the exporter invents names for some."""
    for output in model.graph.output:
        sizes = {1: config.kv_heads, 3: config.head_width}
        if output.name in ("logits", "last_hidden_state"):
            sizes = {2: config.vocabulary if output.name == "logits" else config.width}
        for index, dimension in enumerate(output.type.tensor_type.shape.dim):
            dimension.Clear()
            if index in axes[output.name]:
                dimension.dim_param = axes[output.name][index]
            else:
                dimension.dim_value = sizes[index]


def reference(model: LanguageModel) -> dict:
    """Token ids with the logits of a middle and the last position, and the last hidden state."""
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(len(MARKS), model.config.vocabulary, (1, REFERENCE_TOKENS), generator=generator)
    with torch.no_grad():
        logits, hidden = model(ids), model.hidden(ids)
    return {
        "ids": ids[0].tolist(),
        "middle": REFERENCE_MIDDLE,
        "middleLogits": logits[0, REFERENCE_MIDDLE].tolist(),
        "lastLogits": logits[0, -1].tolist(),
        "lastHidden": hidden[0, -1].tolist(),
    }


def hugging_face_files(config: Config) -> dict[str, dict]:
    model_config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": config.width,
        "intermediate_size": config.feed_forward,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_width,
        "vocab_size": config.vocabulary,
        "max_position_embeddings": config.context,
        "rope_theta": config.rope_theta,
        "rope_scaling": None,
        "rms_norm_eps": NORM_EPSILON,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "attention_dropout": 0.0,
        "tie_word_embeddings": True,
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": END,
        "pad_token_id": END_OF_TEXT,
        "use_cache": True,
        "torch_dtype": "float32",
    }
    generation_config = {
        "do_sample": True,
        "temperature": 0.7,
        "top_k": 40,
        "top_p": 0.95,
        "max_new_tokens": 256,
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": [END, END_OF_TEXT],
        "pad_token_id": END_OF_TEXT,
    }
    mark = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    tokenizer_config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": config.context,
        "bos_token": None,
        "eos_token": MARKS[END],
        "pad_token": MARKS[END_OF_TEXT],
        "unk_token": None,
        "add_bos_token": False,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "added_tokens_decoder": {str(token): {"content": text, **mark} for token, text in enumerate(MARKS)},
        "chat_template": CHAT_TEMPLATE,
    }
    return {
        "config.json": model_config,
        "generation_config.json": generation_config,
        "tokenizer_config.json": tokenizer_config,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("folder", type=Path)
    options = arguments.parse_args()
    torch.set_num_threads(1)
    model = load_checkpoint(options.checkpoint).eval()
    (options.folder / "onnx").mkdir(parents=True, exist_ok=True)
    export(model, options.folder / "onnx" / "model.onnx")
    for name, content in hugging_face_files(model.config).items():
        (options.folder / name).write_text(json.dumps(content, indent=2) + "\n")
    (options.folder / "reference.json").write_text(json.dumps(reference(model)))


if __name__ == "__main__":
    main()
