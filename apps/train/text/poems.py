"""Four-line rhymes about an animal, a thing, or nothing in particular."""
from random import Random

from text.words import ANIMALS, OBJECTS
from text.writing import spin, with_article

ABOUT_THING = (
    "[I have|I found|I saw] {a_thing} [so bright|so small|so fine],\n"
    "[It makes me glad that it is mine.|I keep it in this house of mine.|It fills my quiet days with shine.]"
)
ABOUT_ANIMAL = (
    "[A little|A happy|A tiny|A gentle] {animal} [ran through the night|sat in the light"
    "|woke up at dawn and saw the light],\n[And saw the moon, so round and white.|And all the world was calm"
    " and bright.]"
)
MORE_ABOUT_ANIMAL = (
    "[It looked|It went] [up high, it looked down low|to where the flowers grow],\n"
    "[And sang a song so soft and slow.|And watched the little rivers flow.]"
)
ENDINGS = [
    "[Sleep well, my friend, the day is done|Come dance with me, the day has begun],\n"
    "[Tomorrow brings another sun.|The stars will shine on everyone.]",
    "[So stay with me|So walk with me|So sing with me] [a little while|another mile],\n"
    "[And let me see|And give the world|And let me share] your [happy|gentle|little] smile.",
]


def write_poem(rng: Random) -> tuple[str, str, list[str]]:
    """Prompt, poem, and no checkable words."""
    animal, a_thing = rng.choice(ANIMALS), with_article(rng.choice(OBJECTS))
    subject = rng.choices(["animal", "thing", "anything"], [45, 40, 15])[0]
    ask = "[Write|Write me|Make|Give me|Tell me] [a poem|a short poem|a little poem|a rhyme]"
    about = {"animal": f" about {with_article(animal)}.", "thing": f" about {a_thing}.", "anything": "."}[subject]
    parts = [ABOUT_THING] if subject == "thing" else [ABOUT_ANIMAL]
    if subject == "animal" and rng.random() < 0.5:
        parts.append(MORE_ABOUT_ANIMAL)
    parts.append(rng.choice(ENDINGS))
    poem = "\n".join(spin(rng, part) for part in parts).format(animal=animal, a_thing=a_thing)
    return spin(rng, ask + about), poem, []
