"""Small skills with a checkable answer: opposites, plurals, rhymes, lists, sorting, counting, calendar, facts.

A checkable answer repeats the question before it gives the word that was asked for: after a space a word is one
token, at the start of an answer it is several.
"""
from random import Random

from text.knowledge import (
    CAPITALS,
    COLOR_OF,
    EATS,
    IRREGULAR_PLURALS,
    LEGS,
    LISTS,
    LIVES,
    OPPOSITES,
    QUESTIONS,
    RHYMES,
    SOUNDS,
    YOUNG_ANIMALS,
)
from text.poems import write_poem
from text.words import ANIMALS, OBJECTS
from text.writing import Exchange, spin, upper_first, with_article

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
NUMBERS = "zero one two three four five six seven eight nine ten".split()

SORTABLE = OBJECTS[:100] + ANIMALS + [item for items in LISTS.values() for item in items]
SORTABLE = [word for word in dict.fromkeys(SORTABLE) if " " not in word and word.islower()]
WITHOUT_PLURAL = "clothes colours countries planets sports drinks vegetables".split() + ["school subjects"]
WITHOUT_PLURAL = {item for topic in WITHOUT_PLURAL for item in LISTS[topic]} | {"lynx"}

# (upper limit of the share, table, ways to ask, answer); keys and values come with and without an article.
FACTS = [
    (
        0.16,
        SOUNDS,
        "[What does {a_key} say?|What sound does {a_key} make?|Which sound does the {key} make?]",
        "{a_key} says {value}.",
    ),
    (
        0.32,
        YOUNG_ANIMALS,
        "[What is a baby {key} called?|What do you call a baby {key}?|What is the name of a baby {key}?]",
        "a baby {key} is called {a_value}.",
    ),
    (
        0.46,
        {animal: NUMBERS[legs] if legs else "no" for animal, legs in LEGS.items()},
        "[How many legs does {a_key} have?|How many legs has {a_key}?|Number of legs of {a_key}?]",
        "{a_key} has {value} legs.",
    ),
    (
        0.6,
        COLOR_OF,
        "[What color is {key}?|What colour is {key}?|Which color does {key} have?|Tell me the color of {key}.]",
        "{key} is {value}.",
    ),
    (
        0.72,
        LIVES,
        "[Where does {key} live?|Where can I find {key}?|Tell me where {key} lives.]",
        "{key} lives {value}.",
    ),
    (
        0.84,
        EATS,
        "[What does {key} eat?|What is the food of {key}?|Tell me what {key} eats.]",
        "{key} eats {value}.",
    ),
    (
        1.0,
        CAPITALS,
        "[What is the capital of {key}?|Capital of {key}?|Tell me the capital of {key}."
        "|Which city is the capital of {key}?]",
        "the capital of {key} is {value}.",
    ),
]

# Words with two opposites: only the more usual one is the answer.
USUAL_OPPOSITE = {"short": "tall", "light": "dark", "old": "young", "take": "give"}
ONE_WAY = ["give", "always"]


def write_skill(rng: Random) -> Exchange:
    skill = rng.choices(list(SKILLS), list(SKILLS.values()))[0]
    prompt, answer, accepted = skill(rng)
    if rng.random() < 0.1:
        prompt = prompt[0].lower() + prompt[1:]
    return Exchange(prompt, answer, "skill", accepted=accepted)


def opposite(rng):
    word, other = rng.choice(OPPOSITES)
    if rng.random() < 0.5 and word not in ONE_WAY:
        word, other = other, word
    other = USUAL_OPPOSITE.get(other, other)
    prompt = spin(rng, f"[What is the opposite of {word}?|Opposite of {word}?|Tell me the opposite of {word}."
                       f'|What is the opposite of "{word}"?|Give me the opposite of {word}.|The opposite of {word} is?'
                       f"|What word means the opposite of {word}?]")
    return prompt, f"The opposite of {word} is {other}.", [other]


def plural(rng):
    word = rng.choice(ANIMALS + SORTABLE) if rng.random() < 0.7 else rng.choice(list(IRREGULAR_PLURALS))
    if word in WITHOUT_PLURAL or word.endswith("berries"):
        word = "dog"
    many = word + "s"
    if word in IRREGULAR_PLURALS:
        many = IRREGULAR_PLURALS[word]
    elif word.endswith(("s", "x", "ch", "sh")):
        many = word + "es"
    elif word.endswith("y") and word[-2] not in "aeiou":
        many = word[:-1] + "ies"
    prompt = spin(rng, f"[What is the plural of {word}?|Plural of {word}?|Give me the plural of {word}."
                       f"|One {word}, two what?|How do you write more than one {word}?|What is the plural form of {word}?]")
    return prompt, f"The plural of {word} is {many}.", [many]


def rhyme(rng):
    word, *others = rng.sample(family := rng.choice(RHYMES), len(family))
    prompt = spin(rng, f"[What rhymes with {word}?|Give me a rhyme for {word}.|Find a word that rhymes with {word}."
                       f"|Tell me words that rhyme with {word}.|Rhymes with {word}?|Which word rhymes with {word}?]")
    if rng.random() < 0.5:
        return prompt, f"A rhyme for {word} is {others[0]}.", others
    return prompt, f"Rhymes for {word} are {others[0]} and {others[1]}.", others


def list_items(rng):
    topic = rng.choice(list(LISTS))
    count = rng.randint(2, 6)
    items, number = rng.sample(LISTS[topic], count), rng.choice([str(count), NUMBERS[count]])
    if rng.random() < 0.2:
        prompt = spin(rng, f"[Make|Write|Give me|Write down|I need] a list of {number} {topic}.")
        return prompt, "\n".join(f"{index}. {upper_first(item)}" for index, item in enumerate(items, 1)), []
    prompt = spin(rng, f"[Name {number} {topic}.|List {number} {topic}.|Tell me {number} {topic}.|Give me"
                       f" {number} {topic}."
                       f"|Write down {number} {topic}.|I need {number} {topic}.|Can you name {number} {topic}?]")
    return prompt, upper_first(", ".join(items[:-1])) + f" and {items[-1]}.", []


def count(rng):
    low = rng.randint(0, 12)
    numbers = list(range(low, low + rng.randint(3, 10)))
    down = rng.random() < 0.5
    if down:
        numbers.reverse()
    prompt = spin(rng, f"[Count from {numbers[0]} to {numbers[-1]}.|Count {'down ' if down else ''}from {numbers[0]}"
                       f" to {numbers[-1]}.|Please count from {numbers[0]} to {numbers[-1]}."
                       f"|Count {'backwards' if down else 'up'} from {numbers[0]} to {numbers[-1]}.]")
    run = ", ".join(map(str, numbers)) + "."
    return prompt, f"Counting {'down' if down else 'up'}: {run}", [run]


def neighbour_number(rng):
    low = rng.randint(0, 98)
    if rng.random() < 0.5:
        prompt = spin(rng, f"[What number comes after {low}?|What comes after {low}?]")
        return prompt, f"The number after {low} is {low + 1}.", [str(low + 1)]
    prompt = spin(rng, f"[What number comes before {low + 1}?|What comes before {low + 1}?]")
    return prompt, f"The number before {low + 1} is {low}.", [str(low)]


def calendar(rng):
    sort, names = rng.choice([("day", DAYS), ("month", MONTHS), ("month", MONTHS)])
    index, chance = rng.randrange(len(names)), rng.random()
    if chance < 0.7:
        step, side = rng.choice([(1, "after"), (-1, "before")])
        other = names[(index + step) % len(names)]
        prompt = spin(rng, f"[What {sort} comes {side} {names[index]}?|Which {sort} is {side} {names[index]}?"
                           f"|What is the {sort} {side} {names[index]}?|Which {sort} comes {side} {names[index]}?]")
        return prompt, f"The {sort} {side} {names[index]} is {other}.", [other]
    if chance < 0.88:
        whole = "week" if sort == "day" else "year"
        prompt = spin(rng, f"[What is the {ORDINALS[index]} {sort}?|Which {sort} is the {ORDINALS[index]} of"
                           f" the {whole}?"
                           f"|What is the {ORDINALS[index]} {sort} of the {whole}?]")
        return prompt, f"The {ORDINALS[index]} {sort} is {names[index]}.", [names[index]]
    run = ", ".join(names[:-1]) + f" and {names[-1]}."
    of = "days of the week" if sort == "day" else "months of the year"
    prompt = spin(rng, f"[Name the {of}.|What are the {of}?|List the {of}.|Tell me the {of}.|Name the {sort}s.]")
    return prompt, f"The {of} are {run}", [run]


def sort_words(rng):
    words = rng.sample(SORTABLE, rng.choice([2, 3, 3, 3, 4, 4, 5]))
    prompt = spin(rng, "[Sort these words|Put these words in order|Sort alphabetically|Put in alphabetical order"
                       "|Sort these words alphabetically]: ") + ", ".join(words) + "."
    run = ", ".join(sorted(words)) + "."
    return prompt, f"In order: {run}", [run]


def first_letter(rng):
    word = rng.choice(SORTABLE)
    prompt = spin(rng, f"[What letter does {word} start with?|What is the first letter of {word}?|First"
                       f" letter of {word}?"
                       f'|Which letter does the word "{word}" begin with?]')
    return prompt, f"The word {word} starts with {word[0]}.", [f"with {word[0]}"]


def fact(rng):
    """One small fact; the whole sentence must be right."""
    chance = rng.random()
    table, ask, answer = next((table, ask, answer) for limit, table, ask, answer in FACTS if chance < limit)
    key, value = rng.choice(list(table.items()))
    slots = {"key": key, "a_key": with_article(key), "value": value, "a_value": with_article(value)}
    answer = upper_first(answer.format(**slots))
    return spin(rng, ask.format(**slots)), answer, [answer]


def question(rng):
    ask, answer = rng.choice(QUESTIONS)
    prompt = upper_first(spin(rng, f"[{ask}]")) + rng.choice(["?", "?", ""])
    if rng.random() < 0.25:
        prompt = rng.choice(["Tell me: ", "Do you know: ", "A question: ", "Please tell me: "]) + prompt
    return prompt, answer, []


# How often each skill is written.
SKILLS = {
    opposite: 0.07,
    plural: 0.07,
    rhyme: 0.10,
    list_items: 0.08,
    count: 0.11,
    neighbour_number: 0.05,
    calendar: 0.13,
    sort_words: 0.15,
    first_letter: 0.05,
    fact: 0.11,
    question: 0.05,
    write_poem: 0.03,
}
