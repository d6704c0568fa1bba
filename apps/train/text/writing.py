"""What every writer of exchanges shares: the Exchange, templates, articles and capitals."""
import re
import zlib
from dataclasses import dataclass, field
from random import Random

HELD_OUT_ONE_IN = 40
OPTIONS = re.compile(r"\[([^\[\]]*)\]")
SENTENCE_START = re.compile(r'(^|(?<![a-z])"|[.!?] +"?|\n\n"?|\."\s)([a-z])')


@dataclass
class Exchange:
    """One prompt with its answer."""

    prompt: str
    answer: str
    kind: str
    required: list[str] = field(default_factory=list)  # words that the answer must hold
    accepted: list[str] = field(default_factory=list)  # a right answer contains one of these; empty: not checkable


def held_out(text: str) -> bool:
    """True for one text in 40, always the same ones: these are kept out of the training text."""
    return zlib.crc32(text.lower().encode()) % HELD_OUT_ONE_IN == 0


def spin(rng: Random, template: str) -> str:
    """Replaces every [a|b|c] by one of its options, innermost first."""
    while "[" in template:
        template = OPTIONS.sub(lambda match: rng.choice(match.group(1).split("|")), template)
    return template


def with_article(noun: str) -> str:
    """'a fox', 'an owl', 'an honest fox'."""
    starts_with_vowel_sound = noun[0].lower() in "aeiou" and not noun.startswith(("uni", "one"))
    return ("an " if starts_with_vowel_sound or noun.startswith(("hour", "honest")) else "a ") + noun


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def capitalise_sentences(text: str) -> str:
    return SENTENCE_START.sub(lambda match: match.group(1) + match.group(2).upper(), text)


def vary_politeness(rng: Random, prompt: str) -> str:
    """Now and then a greeting, a 'please', a missing full stop or a small first letter."""
    chance = rng.random()
    if chance < 0.08:
        opening = rng.choice(["Please ", "Can you ", "Could you ", "Hi! ", "Hello, ", "Now "])
        prompt = opening + prompt[0].lower() + prompt[1:]
    elif chance < 0.14:
        return prompt[0].lower() + prompt[1:]
    elif chance < 0.18:
        prompt = prompt.rstrip(".")
    elif chance < 0.21:
        prompt = prompt.rstrip(".!") + ", please."
    return upper_first(prompt) if rng.random() < 0.85 else prompt
