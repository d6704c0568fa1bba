"""Checks the guide answers of an evaluation: is each one a listed answer of the fact that was asked for?

    python3 check_guide.py work/results.json
"""
import argparse
import json
from pathlib import Path

from text.guide import answer_pattern, facts_asked_for
from text.guide_facts import FACTS


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("results", type=Path)
    options = arguments.parse_args()
    results = [result for result in json.loads(options.results.read_text()) if result["kind"] == "guide"]
    right = listed = 0
    for result in results:
        asked = [answer for _, _, answer in facts_asked_for(result["prompt"])]
        is_right = any(answer_pattern(answer).match(result["answer"]) for answer in asked)
        is_listed = any(answer_pattern(answer).match(result["answer"]) for _, _, answer in FACTS)
        right += is_right
        listed += is_listed
        if not is_right:
            print("another fact" if is_listed else "not a listed answer", "|", result["prompt"], "|", result["answer"])
    print(f"guide: {right} of {len(results)} right, {listed} are a listed answer of some fact")


if __name__ == "__main__":
    main()
