"""Questions about Weft with their answers."""
import re
from random import Random

from text.guide_facts import FACTS, FRAMES
from text.writing import Exchange, capitalise_sentences, spin, upper_first

# Facts that a first visitor asks for are written three times as often as the others.
FIRST_QUESTIONS = [
    "Weft", "how does Weft work", "who are you in Weft", "what is this", "who can see my prompt",
    "contribute my GPU", "is Weft free", "start", "local mode",
]
FACT_WEIGHTS = [3 if topics.split("|")[0] in FIRST_QUESTIONS else 1 for _, topics, _ in FACTS]


def write_guide(rng: Random) -> Exchange:
    form, topics, answer = rng.choices(FACTS, FACT_WEIGHTS)[0]
    prompt = rng.choice(FRAMES[form]).format(rng.choice(topics.split("|")))
    if rng.random() < 0.8:
        prompt = upper_first(prompt)
    if rng.random() < 0.12:
        prompt = prompt.rstrip("?.")
    return Exchange(prompt, capitalise_sentences(spin(rng, answer)), "guide")


def answer_pattern(answer: str) -> re.Pattern:
    """Matches every text that `spin` can make of an answer, apart from capitals and spaces."""
    parts = re.split(r"(\[[^\]]*\])", answer)
    choices = [
        "(?:" + "|".join(map(re.escape, part[1:-1].split("|"))) + ")" if part.startswith("[") else re.escape(part)
        for part in parts
    ]
    return re.compile("".join(choices).replace("\\ ", r"\s*") + "$", re.IGNORECASE)


def facts_asked_for(prompt: str) -> list[tuple[str, str, str]]:
    """The facts of which the prompt is one of the questions."""

    def questions(form: str, topics: str) -> set[str]:
        return {frame.format(topic).lower().rstrip("?.") for frame in FRAMES[form] for topic in topics.split("|")}

    asked = prompt.lower().rstrip("?.")
    return [(form, topics, answer) for form, topics, answer in FACTS if asked in questions(form, topics)]
