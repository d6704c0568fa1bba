"""Requests for stories, each with a story that fulfils it."""
import re
from random import Random

from text.characters import any_kind, any_object, name_for
from text.stories import EARLY_OBJECT_PLANS, Wishes, write_story
from text.story_plans import THEMES
from text.words import ADJECTIVES, OBJECT_ADJECTIVES, PLACES, VERBS
from text.writing import Exchange, held_out, spin, vary_politeness, with_article

ASK = (
    "[Write|Tell me|Tell me|Make up|Create|Give me|Write me|I want|I would like]"
    " [a story|a short story|a little story|a bedtime story|a tale|a fairy tale|a nice story|a story for children]"
)
NO_WISH = [
    "Story please!", "Tell me something nice.", "Entertain me.", "I am bored.", "Another story!",
    "Do you know a story?", "Story", "A story, please.", "Once upon a time",
]


def write_story_exchange(rng: Random) -> Exchange:
    """A request of any shape. Held-out pairs of hero and thing are never asked for."""
    while True:
        kind, thing, place = any_kind(rng), any_object(rng), rng.choice(PLACES)
        if not held_out(f"pair {kind} {thing}"):
            break
    shape = rng.choices(list(SHAPES), list(SHAPES.values()))[0]
    prompt, story, required = shape(rng, kind, thing, place)
    return Exchange(vary_politeness(rng, prompt), story, "story", required)


def join_words(rng: Random, words: list[str]) -> str:
    """'a', "b" and c: all words in one style of quotation marks."""
    style = rng.choice(["'{}'", '"{}"', "{}"])
    quoted = [style.format(word) for word in words]
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else quoted[0]


def hero_and_thing(rng, kind, thing, place):
    a_kind, a_thing = with_article(kind), with_article(thing)
    prompt = spin(rng, f"{ASK} about [{a_kind} and {a_thing}|{a_thing} and {a_kind}"
                       f"|{a_kind} who finds {a_thing}|{a_kind} with {a_thing}].")
    return prompt, write_story(rng, Wishes(hero=kind, thing=thing)), [kind, thing]


def list_of_words(rng, kind, thing, place):
    """Two or three words to use, of different sorts; the thing is always one of them."""
    offers = {
        "hero": kind,
        "place": place,
        "adjective": rng.choice(ADJECTIVES),
        "verb": rng.choice(VERBS),
        "thing_adjective": rng.choice(OBJECT_ADJECTIVES),
    }
    chosen = {sort: offers[sort] for sort in rng.sample(list(offers), rng.choice([1, 2, 2]))}
    words = [thing, *chosen.values()]
    rng.shuffle(words)
    prompt = spin(rng, f"{ASK} [with the words|that uses the words|using the words|with these words:] ")
    plan = rng.choice(EARLY_OBJECT_PLANS) if rng.random() < 0.8 else None
    story = write_story(rng, Wishes(thing=thing, plan=plan, **chosen))
    return prompt + join_words(rng, words) + ".", story, words


def hero_only(rng, kind, thing, place):
    if rng.random() < 0.33:
        adjective = rng.choice(ADJECTIVES)
        prompt = spin(rng, f"{ASK} about {with_article(adjective)} {kind}.")
        return prompt, write_story(rng, Wishes(hero=kind, adjective=adjective)), [kind, adjective]
    prompt = spin(rng, f"{ASK} about [{with_article(kind)}|the {kind}].")
    return prompt, write_story(rng, Wishes(hero=kind)), [kind]


def thing_only(rng, kind, thing, place):
    return spin(rng, f"{ASK} about {with_article(thing)}."), write_story(rng, Wishes(thing=thing)), [thing]


def named_hero(rng, kind, thing, place):
    kind = rng.choice(["girl", "boy", kind, kind])
    name = name_for(rng, kind)
    prompt = spin(rng, f"{ASK} about {with_article(kind)} [named|called] {name[0]}")
    wishes, required = Wishes(hero=kind, name=name), [kind, name[0]]
    extra = rng.choice(["nothing", "finds", "and", "place"])
    if extra == "place":
        wishes.place, prompt = place, f"{prompt} in the {place}"
        required.append(place)
    elif extra != "nothing":
        wishes.thing = thing
        prompt += f" who finds {with_article(thing)}" if extra == "finds" else f" and {with_article(thing)}"
        required.append(thing)
    return prompt + ".", write_story(rng, wishes), required


def theme(rng, kind, thing, place):
    wanted = rng.choice(list(THEMES))
    return spin(rng, f"{ASK} about {wanted}."), write_story(rng, Wishes(plan=rng.choice(THEMES[wanted]))), []


def hero_in_place(rng, kind, thing, place):
    a_kind, a_place = with_article(kind), with_article(place)
    prompt = spin(rng, f"{ASK} [about {a_kind} in {a_place}|set in {a_place} with {a_kind}"
                       f"|about {a_kind} who lives in the {place}].")
    return prompt, write_story(rng, Wishes(hero=kind, place=place)), [kind, place]


def two_heroes(rng, kind, thing, place):
    """Not every plan says what the friend is, so the story is written until it does."""
    other = any_kind(rng)
    while other == kind:
        other = any_kind(rng)
    first, second = with_article(kind), with_article(other)
    prompt = spin(rng, f"{ASK} about [two friends, {first} and {second}|{first} and {second}|{first} who"
                       f" meets {second}].")
    while True:
        story = write_story(rng, Wishes(hero=kind, friend=other))
        if re.search(rf"\b{other}\b", story):
            return prompt, story, [kind, other]


def continuation(rng, kind, thing, place):
    """The first sentences are given; the answer goes on from there."""
    name, adjective = name_for(rng, kind), rng.choice(ADJECTIVES)
    beginning = spin(rng, "[Once upon a time|One day|Long ago|Once], there [was|lived] ")
    beginning += f"{with_article(adjective)} {kind} named {name[0]} in {with_article(place)}."
    wishes = Wishes(hero=kind, place=place, name=name, adjective=adjective, opening_is_given=True)
    if rng.random() < 0.4:
        beginning += f" {name[0]} had {with_article(thing)}."
        wishes.thing, wishes.plan = thing, rng.choice(["lost", "share", "fear", "storm"])
    ask = spin(rng, "[Continue|Continue this story|Go on|Finish this story|What happens next]: ")
    return ask + beginning, write_story(rng, wishes), [name[0]]


def no_wish(rng, kind, thing, place):
    prompt = spin(rng, f"{ASK}.") if rng.random() < 0.7 else rng.choice(NO_WISH)
    return prompt, write_story(rng, Wishes()), []


# How often each shape of request is written.
SHAPES = {
    hero_and_thing: 0.28,
    list_of_words: 0.30,
    hero_only: 0.07,
    thing_only: 0.05,
    named_hero: 0.07,
    theme: 0.05,
    hero_in_place: 0.05,
    two_heroes: 0.04,
    continuation: 0.05,
    no_wish: 0.04,
}
