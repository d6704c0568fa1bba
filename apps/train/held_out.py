"""Writes prompts of the small skills that the generator never puts into training text.

    python3 held_out.py held_out_skills.json

The wording is held out, not the fact: another wording of the same question may have been trained on.
"""
import argparse
import json
from pathlib import Path
from random import Random

from text.skills import SKILLS
from text.writing import held_out

TRIES = 100_000


def held_out_prompts(rng: Random, skill, wanted: int) -> list[dict]:
    """Fewer than wanted where the skill has fewer held-out wordings; none where it cannot be checked."""
    found: dict[str, dict] = {}
    for _ in range(TRIES):
        prompt, _, accepted = skill(rng)
        if accepted and held_out(prompt):
            found.setdefault(prompt, {"prompt": prompt, "kind": skill.__name__, "accepted": accepted})
        if len(found) == wanted:
            break
    return list(found.values())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--per-skill", type=int, default=15)
    arguments.add_argument("--seed", type=int, default=77)
    options = arguments.parse_args()
    rng = Random(options.seed)
    prompts = [prompt for skill in SKILLS for prompt in held_out_prompts(rng, skill, options.per_skill)]
    options.out.write_text(json.dumps(prompts, indent=1) + "\n")
    print(f"{len(prompts)} prompts")


if __name__ == "__main__":
    main()
