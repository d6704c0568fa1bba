"""One sentence that holds one to three requested words."""
from random import Random

from text.characters import any_kind, any_object
from text.story_prompts import join_words
from text.words import ADJECTIVES, PLACES
from text.writing import Exchange, held_out, spin, upper_first, vary_politeness, with_article

SENTENCES = [
    "[One day|Once|Yesterday|Today], {a_adj} {kind} [found|saw|carried|lost|painted|bought|made] {a_thing}"
    " in the {place}.",
    "{a_adj} {kind} [sat|waited|slept|played] in the {place} with {a_thing}.",
    "In the {place}, {a_adj} {kind} [showed|gave] {a_thing} to a friend.",
    "The {kind} [took|hid|cleaned|held] the {thing} and [walked|ran|went] to the {place}.",
    "{a_adj} {kind} in the {place} had {a_thing}.",
]


def write_sentence(rng: Random) -> Exchange:
    while True:
        kind, thing, place = any_kind(rng), any_object(rng), rng.choice(PLACES)
        if not held_out(f"pair {kind} {thing}"):
            break
    required = rng.sample([kind, thing, place], rng.choice([1, 2, 2, 3]))
    if rng.random() < 0.5:
        prompt = spin(rng, "[Write|Make|Give me|Tell me|Say] [a sentence|one sentence|a short sentence]"
                           " [about|with] ")
        prompt += " and ".join(with_article(word) for word in required)
    else:
        prompt = spin(rng, "[Write|Make|Give me] [a sentence|one sentence|a short sentence]"
                           " [with the words|using the words|that uses the words] ")
        prompt += join_words(rng, required)
    sentence = spin(rng, rng.choice(SENTENCES)).format(
        a_adj=with_article(rng.choice(ADJECTIVES)), kind=kind, thing=thing, a_thing=with_article(thing), place=place
    )
    return Exchange(vary_politeness(rng, prompt + "."), upper_first(sentence), "sentence", required)
