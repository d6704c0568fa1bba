"""Turns the training text into windows of tokens with targets, conversation numbers and loss weights."""
import json
from array import array
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch

from tokenizer import ASSISTANT, END, END_OF_TEXT, USER, load_encoder

NO_TARGET = -1
REQUESTED_WORD_WEIGHT = 5.0  # where the answer uses a word of the prompt for the first time
DIGIT_WEIGHT = 2.0
SHORT_ANSWER_TOKENS, SHORT_ANSWER_WEIGHT = 64, 2.5  # in a sum or a fact every token must be right, in a story few must


def load_conversations(text: Path, tokenizer: Path) -> list[array]:
    """Token ids of every conversation, each ending in <|endoftext|>."""
    encode = load_encoder(tokenizer)
    return [array("H", encode(chat) + [END_OF_TEXT]) for chat in text.read_text().split("<|endoftext|>") if chat]


class Marker:
    """Says for each token of a conversation whether it is a target and how much it counts."""

    def __init__(self, tokenizer: Path):
        vocabulary = json.loads(tokenizer.read_text())["model"]["vocab"]
        self.words = {token: text.lstrip("\u0120").lower() for text, token in vocabulary.items()}

    def targets(self, tokens: array) -> list[int]:
        """The token itself where it belongs to an answer or ends one, else NO_TARGET."""
        answering, marked = False, []
        for token in tokens:
            marked.append(token if answering or token == END_OF_TEXT else NO_TARGET)
            if token in (ASSISTANT, END):
                answering = token == ASSISTANT
        return marked

    def weights(self, tokens: array) -> list[float]:
        weights, requested, answer_weight = [], set(), 0.0  # the weight is 0 outside of answers
        for index, token in enumerate(tokens):
            word = self.words[token]
            if token == USER:
                requested = set()
            if answer_weight:
                weights.append(answer_weight * self._weight(word, requested))
                requested.discard(word)
            else:
                weights.append(1.0)
                if len(word) > 2 and token > END:
                    requested.add(word)
            if token == ASSISTANT:
                is_short = tokens.index(END, index) - index <= SHORT_ANSWER_TOKENS
                answer_weight = SHORT_ANSWER_WEIGHT if is_short else 1.0
            elif token == END:
                answer_weight = 0.0
        return weights

    def _weight(self, word: str, requested: set[str]) -> float:
        if word in requested:
            return REQUESTED_WORD_WEIGHT
        return DIGIT_WEIGHT if word.isdigit() else 1.0


@dataclass
class Batch:
    """Each [B, T]. The target of a position is the next token, or NO_TARGET."""

    ids: torch.Tensor
    targets: torch.Tensor
    conversation: torch.Tensor
    weights: torch.Tensor


class WindowStream:
    """Endless windows over the conversations; every window begins with the beginning of one."""

    def __init__(self, conversations: list[array], marker: Marker, rng: Random, first: int = 0):
        self.conversations, self.marker, self.rng, self.next = conversations, marker, rng, first

    def batch(self, windows: int, length: int) -> Batch:
        return Batch(*(torch.tensor(column) for column in zip(*(self._window(length) for _ in range(windows)))))

    def _window(self, length: int):
        tokens, targets, weights, conversation, count = [], [], [], [], 0
        while len(tokens) <= length:
            if self.next >= len(self.conversations):
                self.next = 0
                self.rng.shuffle(self.conversations)
            chat = self.conversations[self.next]
            self.next += 1
            tokens += chat
            targets += self.marker.targets(chat)
            weights += self.marker.weights(chat)
            conversation += [count] * len(chat)
            count += 1
        same = [conversation[index + 1] == conversation[index] for index in range(length)]
        shifted = [target if inside else NO_TARGET for target, inside in zip(targets[1:], same)]
        return tokens[:length], shifted, conversation[:length], weights[1 : length + 1]
