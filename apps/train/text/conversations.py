"""Mixes the writers into conversations of one to four turns, in the chat format of the model."""
from random import Random
from typing import Callable

from text.arithmetic import write_arithmetic
from text.characters import any_name
from text.guide import write_guide
from text.sentences import write_sentence
from text.skills import write_skill
from text.small_talk import write_small_talk
from text.story_prompts import write_story_exchange
from text.writing import Exchange, held_out, spin

WRITERS: dict[str, Callable[[Random], Exchange]] = {
    "story": write_story_exchange,
    "guide": write_guide,
    "math": write_arithmetic,
    "chat": write_small_talk,
    "skill": write_skill,
    "sentence": write_sentence,
}
# Their single prompts are held out by wording; stories and sums by what they ask for.
HELD_OUT_BY_WORDING = ("guide", "chat", "skill")
MULTI_TURN_SHARE = 0.1


def write_exchange(rng: Random, shares: dict[str, float]) -> Exchange:
    kind = rng.choices(list(shares), list(shares.values()))[0]
    return WRITERS[kind](rng)


def write_conversation(rng: Random, shares: dict[str, float]) -> tuple[str, list[Exchange]]:
    """The kind of the conversation and its turns, without any held-out prompt."""
    while True:
        if rng.random() < MULTI_TURN_SHARE:
            turns = _several_turns(rng, shares)
            if not any(held_out(turn.prompt) for turn in turns):
                return "multi", turns
        else:
            turn = write_exchange(rng, shares)
            if not (held_out(turn.prompt) and turn.kind in HELD_OUT_BY_WORDING):
                return turn.kind, [turn]


def as_chat(turns: list[Exchange]) -> str:
    return "".join(f"<|user|>{turn.prompt}<|end|><|assistant|>{turn.answer}<|end|>" for turn in turns)


def _chat(rng: Random, ask: str, reply: str) -> Exchange:
    return Exchange(spin(rng, ask), spin(rng, reply), "chat")


def _several_turns(rng: Random, shares: dict[str, float]) -> list[Exchange]:
    """Some turns depend on an earlier one: a name is remembered, another story is asked for."""
    chance = rng.random()
    if chance < 0.3:
        name = any_name(rng)[0]
        turns = [_chat(rng, f"[My name is {name}.|I am {name}.|Hi, I am {name}.]",
                       f"[Hello|Hi], {name}! [Nice to meet you.|How can I help you?]")]
        if rng.random() < 0.6:
            turns.append(write_exchange(rng, shares))
        return turns + [_chat(rng, "[What is my name?|Do you know my name?|Who am I?]",
                              f"[Your name is {name}.|You are {name}.]")]
    if chance < 0.6:
        turns = [write_story_exchange(rng)]
        turns.append(_chat(rng, "[Thanks!|Thank you.|Nice story!|I like it.]",
                           "[You are welcome!|I am glad that you like it.]"
                           " [Would you like another story?|What shall we do next?]"))
        if rng.random() < 0.5:
            another = spin(rng, "[Another one|One more|Yes, please|Yes|Another story][!|.|, please.]")
            turns.append(Exchange(another, write_story_exchange(rng).answer, "story"))
        return turns
    return [write_exchange(rng, shares) for _ in range(rng.choice([2, 2, 3, 4]))]
