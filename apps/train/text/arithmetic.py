"""Sums and differences below 200 in small steps, and the small table of products."""
from random import Random

from text.writing import Exchange, held_out, spin


def write_arithmetic(rng: Random) -> Exchange:
    chance = rng.random()
    if chance < 0.12:
        return product(rng)
    while True:
        a, b, sign = _number(rng), _number(rng), "+" if chance < 0.5 else "-"
        if sign == "-" and b > a:
            a, b = b, a
        if not held_out(f"{a}{sign}{b}"):
            return total(rng, a, b) if sign == "+" else difference(rng, a, b)


def _number(rng: Random) -> int:
    return rng.randint(0, 99) if rng.random() < 0.85 else rng.randint(0, 20)


def total(rng: Random, a: int, b: int) -> Exchange:
    prompt = spin(rng, f"[What is {a} + {b}?|{a} + {b}|{a} + {b} =|How much is {a} plus {b}?|What is {a} plus {b}?"
                       f"|Calculate {a} + {b}.|Add {a} and {b}.|{a}+{b}?|{a} plus {b}|Please add {a} and {b}.]")
    answer = f"{a} + {b} = {a + b}."
    if a > 9 and b > 9:
        tens = f"{a // 10 * 10} + {b // 10 * 10} = {a // 10 * 10 + b // 10 * 10}"
        ones = f"{a % 10} + {b % 10} = {a % 10 + b % 10}"
        answer = f"{tens} and {ones}, so {answer}"
    return Exchange(prompt, answer, "math", accepted=[str(a + b)])


def difference(rng: Random, a: int, b: int) -> Exchange:
    prompt = spin(rng, f"[What is {a} - {b}?|{a} - {b}|{a} - {b} =|How much is {a} minus {b}?|What is {a} minus {b}?"
                       f"|Calculate {a} - {b}.|Subtract {b} from {a}.|{a}-{b}?|{a} minus {b}|Take {b} away"
                       f" from {a}.]")
    answer = f"{a} - {b} = {a - b}."
    tens, ones = b // 10 * 10, b % 10
    if tens and ones:
        answer = f"{a} - {tens} = {a - tens} and {a - tens} - {ones} = {a - b}, so {answer}"
    return Exchange(prompt, answer, "math", accepted=[str(a - b)])


def product(rng: Random) -> Exchange:
    a, b = rng.randint(0, 10), rng.randint(0, 10)
    prompt = spin(rng, f"[What is {a} times {b}?|{a} * {b}|{a} x {b}|What is {a} * {b}?|Multiply {a} by {b}."
                       f"|{a} times {b}]")
    return Exchange(prompt, f"{a} times {b} is {a * b}.", "math", accepted=[str(a * b)])
