"""Heroes, names, things: the parts that stories, poems and sentences are made of."""
from random import Random

from text.words import ANIMALS, BOY_NAMES, GIRL_NAMES, OBJECTS, PEOPLE, SUFFIXES, SYLLABLES
from text.writing import upper_first

Name = tuple[str, str]  # the name and its pronoun, 'he' or 'she'

PRONOUN_OF_KIND = {
    "he": "boy king prince rooster wizard grandfather fisherman postman snowman knight".split(),
    "she": "girl queen princess hen witch grandmother cow mermaid goose".split(),
}
PRONOUN_OF_KIND = {kind: pronoun for pronoun, kinds in PRONOUN_OF_KIND.items() for kind in kinds}
FORMS = {"he": ("he", "him", "his"), "she": ("she", "her", "her")}


def invented_word(rng: Random) -> str:
    syllables = rng.choice([1, 2, 2])
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables)) + rng.choice(SUFFIXES)


def any_name(rng: Random) -> Name:
    chance = rng.random()
    if chance < 0.4:
        return rng.choice(BOY_NAMES), "he"
    if chance < 0.8:
        return rng.choice(GIRL_NAMES), "she"
    return upper_first(invented_word(rng)), rng.choice(["he", "she"])


def name_for(rng: Random, kind: str, other_than: str = "") -> Name:
    """A name that fits the kind of the hero: a queen is never called Tom."""
    while True:
        name, pronoun = any_name(rng)
        if name != other_than and PRONOUN_OF_KIND.get(kind, pronoun) == pronoun:
            return name, pronoun


def any_kind(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.62:
        return rng.choice(ANIMALS)
    return rng.choice(PEOPLE) if chance < 0.95 else invented_word(rng)


def any_object(rng: Random) -> str:
    return rng.choice(OBJECTS) if rng.random() < 0.94 else invented_word(rng)
