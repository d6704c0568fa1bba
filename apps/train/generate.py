"""Writes the training text: one conversation per <|endoftext|>, the same text for the same seed.

    python3 generate.py work/train.txt --conversations 60000 --seed 7
"""
import argparse
from collections import Counter
from pathlib import Path
from random import Random

from text.conversations import WRITERS, as_chat, write_conversation

DEFAULT_SHARES = "story=.28,guide=.15,math=.14,chat=.09,skill=.29,sentence=.05"
KEEP_REPEATED = 0.3  # short conversations come up again and again: only this share of the repeats is kept


def parse_shares(text: str) -> dict[str, float]:
    shares = {kind: float(share) for kind, share in (part.split("=") for part in text.split(","))}
    if unknown := set(shares) - set(WRITERS):
        raise ValueError(f"unknown kinds {sorted(unknown)}; known: {sorted(WRITERS)}")
    return shares


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--conversations", type=int, default=60000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--shares", type=parse_shares, default=DEFAULT_SHARES)
    options = arguments.parse_args()

    rng = Random(options.seed)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    written, characters, seen = Counter(), Counter(), set()
    with options.out.open("w") as file:
        while written.total() < options.conversations:
            kind, turns = write_conversation(rng, options.shares)
            chat = as_chat(turns)
            if chat in seen and rng.random() > KEEP_REPEATED:
                continue
            seen.add(chat)
            file.write(chat + "<|endoftext|>")
            written[kind] += 1
            characters[kind] += len(chat)
    for kind in written:
        print(f"{kind}: {written[kind]} conversations, {characters[kind]} characters")


if __name__ == "__main__":
    main()
