"""Trains a byte-level BPE vocabulary and writes it as a Hugging Face tokenizer.json; encodes text with one.

    python3 tokenizer.py work/train.txt work/tokenizer.json --vocabulary 4096

Every digit is a token of its own, and each chat mark is one token.
"""
import argparse
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Callable

MARKS = ["<|endoftext|>", "<|user|>", "<|assistant|>", "<|end|>"]
END_OF_TEXT, USER, ASSISTANT, END = range(4)
MARK = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def byte_alphabet() -> dict[int, str]:
    """The printable character that stands for each byte (the GPT-2 mapping)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + index) for index, byte in enumerate(others)}


ALPHABET = byte_alphabet()


def load_encoder(path: Path) -> Callable[[str], list[int]]:
    """A function from text, chat marks included, to token ids."""
    model = json.loads(path.read_text())["model"]
    vocabulary = model["vocab"]
    ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(model["merges"])}
    known: dict[str, list[int]] = {mark: [vocabulary[mark]] for mark in MARKS}

    def encode_word(word: str) -> list[int]:
        if word not in known:
            symbols = [ALPHABET[byte] for byte in word.encode()]
            known[word] = [vocabulary[symbol] for symbol in merge_symbols(symbols, ranks)]
        return known[word]

    def encode(text: str) -> list[int]:
        words = (word for part in MARK.split(text) for word in ([part] if part in MARKS else WORD.findall(part)))
        return [token for word in words for token in encode_word(word)]

    return encode


def merge_symbols(symbols: list[str], ranks: dict[tuple[str, str], int]) -> list[str]:
    """Merges the neighbouring pair of lowest rank until no pair has one."""
    while len(symbols) > 1:
        rank, index = min((ranks.get(pair, len(ranks)), index) for index, pair in enumerate(zip(symbols, symbols[1:])))
        if rank == len(ranks):
            break
        symbols[index : index + 2] = [symbols[index] + symbols[index + 1]]
    return symbols


def train(text: str, size: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Vocabulary and merges: again and again the most frequent neighbouring pair becomes a symbol."""
    counts = Counter(word for part in MARK.split(text) if part not in MARKS for word in WORD.findall(part))
    words = [[[ALPHABET[byte] for byte in word.encode()], count] for word, count in counts.items()]
    pair_counts, words_with = Counter(), defaultdict(set)
    for index, (symbols, count) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pair_counts[pair] += count
            words_with[pair].add(index)
    vocabulary, merges = MARKS + sorted(ALPHABET.values()), []
    while len(vocabulary) < size:
        best = max(pair_counts, key=lambda pair: (pair_counts[pair], pair))
        if pair_counts[best] < 2:
            break
        merges.append(best)
        vocabulary.append("".join(best))
        for index in words_with.pop(best):
            symbols, count = words[index]
            for pair in zip(symbols, symbols[1:]):
                pair_counts[pair] -= count
            words[index][0] = symbols = join_pair(symbols, best)
            for pair in zip(symbols, symbols[1:]):
                pair_counts[pair] += count
                words_with[pair].add(index)
        del pair_counts[best]
    return vocabulary, merges


def join_pair(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    joined, index = [], 0
    while index < len(symbols):
        width = 2 if tuple(symbols[index : index + 2]) == pair else 1
        joined.append("".join(symbols[index : index + width]))
        index += width
    return joined


def as_tokenizer_json(vocabulary: list[str], merges: list[tuple[str, str]]) -> dict:
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    mark = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": token, "content": text, **mark} for token, text in enumerate(MARKS)],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level],
        },
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "vocab": {symbol: token for token, symbol in enumerate(vocabulary)},
            "merges": [" ".join(pair) for pair in merges],
        },
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("text", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--vocabulary", type=int, default=4096)
    arguments.add_argument("--characters", type=int, default=10_000_000, help="how much of the text is read")
    options = arguments.parse_args()
    with options.text.open() as file:
        vocabulary, merges = train(file.read(options.characters), options.vocabulary)
    options.out.write_text(json.dumps(as_tokenizer_json(vocabulary, merges), ensure_ascii=False))
    print(f"{len(vocabulary)} tokens")


if __name__ == "__main__":
    main()
