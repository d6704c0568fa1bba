"""Writes one story from a plan. Every requested word is used."""
from dataclasses import dataclass
from random import Random

from text.characters import FORMS, Name, any_kind, any_object, name_for
from text.story_plans import ENDINGS, HABITS, MORALS, OPENINGS, PLANS
from text.words import ADJECTIVES, OBJECT_ADJECTIVES, PLACES, VERBS
from text.writing import capitalise_sentences, spin, with_article

# Plans whose object appears in the first beat: the requested word is written soon after it was read.
EARLY_OBJECT_PLANS = ["lost", "share", "build", "race", "truth", "seed"]


@dataclass
class Wishes:
    """What the prompt asked for; None means that the writer may choose."""

    hero: str | None = None
    thing: str | None = None
    place: str | None = None
    plan: str | None = None
    name: Name | None = None
    adjective: str | None = None
    verb: str | None = None
    friend: str | None = None
    thing_adjective: str | None = None
    opening_is_given: bool = False  # the prompt already holds the first sentences


def write_story(rng: Random, wishes: Wishes) -> str:
    """Opening, beats of the plan, ending, in one to three paragraphs."""
    plan = wishes.plan or rng.choice(list(PLANS))
    slots, thing_adjective = _fill_slots(rng, wishes, plan)
    opening = "" if wishes.opening_is_given else _write_opening(rng, slots, wishes)
    beats = [_write(rng, rng.choice(beat), slots) for beat in PLANS[plan]]
    if thing_adjective:
        _mention_adjective(beats, slots["O"], slots["oO"])
    ending = [_write(rng, rng.choice(ENDINGS), slots)] if rng.random() < 0.75 else []
    return capitalise_sentences(_paragraphs(rng, opening, beats, ending))


def _write(rng: Random, template: str, slots: dict[str, str]) -> str:
    return spin(rng, template).format_map(slots)


def _write_opening(rng: Random, slots: dict[str, str], wishes: Wishes) -> str:
    opening = _write(rng, rng.choice(OPENINGS), slots)
    habits = [habit for habit in HABITS if "{fnamed}" not in habit]
    if wishes.verb:
        return opening + " " + _write(rng, habits[0], slots)
    return opening + " " + _write(rng, rng.choice(habits), slots) if rng.random() < 0.6 else opening


def _mention_adjective(beats: list[str], thing: str, thing_with_adjective: str) -> None:
    """Puts the adjective of the thing into the first beat that speaks of 'the thing'."""
    if any(thing_with_adjective in beat for beat in beats):
        return
    for index, beat in enumerate(beats):
        if f"the {thing}" in beat:
            beats[index] = beat.replace(f"the {thing}", f"the {thing_with_adjective}", 1)
            return


def _paragraphs(rng: Random, opening: str, beats: list[str], ending: list[str]) -> str:
    first = 1 if len(beats) < 6 else 2
    groups = [[opening, *beats[:first]], beats[first:-2], beats[-2:] + ending]
    if rng.random() < 0.3:
        groups = [groups[0] + groups[1], groups[2]]
    return "\n\n".join(" ".join(part for part in group if part) for group in groups if any(group))


def _fill_slots(rng: Random, wishes: Wishes, plan: str) -> tuple[dict[str, str], str | None]:
    """Slots of the templates: capital H, F are names, O the thing, L places, k kinds.

    h, m, s are he, him, his for the hero; fh, fm, fs for the friend; a.. carries the article.
    """
    kind = wishes.hero or any_kind(rng)
    thing = wishes.thing or any_object(rng)
    place = wishes.place or rng.choice(PLACES)
    hero_name, pronoun = wishes.name or name_for(rng, kind)
    is_named = wishes.name is not None or rng.random() < 0.72
    friend_kind = wishes.friend or any_kind(rng)
    while friend_kind == kind:
        friend_kind = any_kind(rng)
    friend_name, friend_pronoun = name_for(rng, friend_kind, other_than=hero_name)
    second_place, third_place = rng.sample([other for other in PLACES if other != place], 2)
    adjective = wishes.adjective or rng.choice(ADJECTIVES)
    thing_adjective = wishes.thing_adjective or (rng.choice(OBJECT_ADJECTIVES) if rng.random() < 0.6 else None)
    described_thing = f"{thing_adjective} {thing}" if thing_adjective else thing
    he, him, his = FORMS[pronoun]
    friend_he, friend_him, friend_his = FORMS[friend_pronoun]
    slots = dict(
        H=hero_name if is_named else f"the {kind}",
        h=he, m=him, s=his, s2=his,
        k=kind,
        named=f" named {hero_name}" if is_named else "",
        adj=adjective,
        adj1=with_article(adjective),
        v=wishes.verb or rng.choice(VERBS),
        F=friend_name,
        fh=friend_he, fh2=friend_he, fm=friend_him, fs=friend_his, s3=friend_his,
        fk=friend_kind,
        afk=with_article(friend_kind),
        fnamed=f" named {friend_name}",
        O=thing, aO=with_article(thing),
        oO=described_thing, aoO=with_article(described_thing),
        L=place, L2=second_place, L3=third_place,
        aL=with_article(rng.choice(["", "", "small ", "quiet ", "green ", "big ", "old "]) + place),
        k2=rng.choice(["woman", "man", "turtle", "farmer", "owl", "gardener"]),
        moral=rng.choice(MORALS[plan]),
    )
    return slots, thing_adjective
