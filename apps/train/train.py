"""Trains the model, from scratch or from a checkpoint, and writes an fp16 checkpoint.

    python3 train.py work/train.txt ../../public/models/bobbin/tokenizer.json work/bobbin.pt --minutes 60

Loss on answers only, AdamW, warm-up then cosine. With --minutes the schedule runs by wall time, so the
result depends on the speed of the machine; with --steps it does not.
With --processes N each process takes one thread and a share of the batch, and gradients are averaged.
"""
import argparse
import math
import os
import time
from pathlib import Path
from random import Random

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import torch  # noqa: E402 (the thread counts are read when torch is loaded)

from gradient_pool import GradientPool  # noqa: E402
from model import Config, LanguageModel, load_checkpoint, save_checkpoint  # noqa: E402
from packing import Marker, WindowStream, load_conversations  # noqa: E402

TOKENS_PER_STEP = 2048
WARM_UP_STEPS = 60
FINAL_RATE_SHARE = 0.03
SHORT_WINDOW, LONG_WINDOW = 256, 512
LONG_WINDOWS_FROM = 0.88  # share of the run after which windows are long
VALIDATION_CONVERSATIONS, VALIDATION_WINDOWS, VALIDATION_EVERY = 300, 8, 400
REPORT_EVERY_STEPS, SAVE_EVERY_SECONDS = 50, 150


def learning_rate(peak: float, step: int, progress: float) -> float:
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return peak * min(1, (step + 1) / WARM_UP_STEPS) * (FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * cosine)


def make_optimizer(model: LanguageModel) -> torch.optim.AdamW:
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.95))


def parse_arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("text", type=Path)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("out", type=Path)
    length = arguments.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--steps", type=int)
    arguments.add_argument("--start", type=Path, help="checkpoint to continue from")
    arguments.add_argument("--learning-rate", type=float, default=3e-3, help="peak of the schedule")
    arguments.add_argument("--processes", type=int, default=1)
    return arguments.parse_args()


def main() -> None:
    options = parse_arguments()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    conversations = load_conversations(options.text, options.tokenizer)
    Random(2).shuffle(conversations)
    held, learned = conversations[:VALIDATION_CONVERSATIONS], conversations[VALIDATION_CONVERSATIONS:]
    model = load_checkpoint(options.start) if options.start else LanguageModel(Config())
    print(f"{len(conversations)} conversations, {sum(map(len, conversations))} tokens", flush=True)

    marker = Marker(options.tokenizer)
    validation = WindowStream(held, marker, Random(3)).batch(VALIDATION_WINDOWS, LONG_WINDOW)
    optimizer = make_optimizer(model)
    started = saved = time.time()
    pool = GradientPool(list(model.parameters()), options.processes)
    stream = WindowStream(learned, marker, Random(10 + pool.rank), pool.rank * (len(learned) // pool.size))
    step, losses = 0, []

    def validation_loss() -> float:
        with torch.no_grad():
            return model.loss(validation.ids, validation.targets, validation.conversation).item()

    while True:
        elapsed = time.time() - started
        progress = pool.agree(step / options.steps if options.steps else elapsed / (options.minutes * 60))
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(options.learning_rate, step, progress)
        window = LONG_WINDOW if progress > LONG_WINDOWS_FROM else SHORT_WINDOW
        batch = stream.batch(TOKENS_PER_STEP // window // pool.size, window)
        optimizer.zero_grad()
        loss = model.loss(batch.ids, batch.targets, batch.conversation, batch.weights)
        loss.backward()
        losses.append(pool.average(loss.item()))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if pool.rank > 0:
            continue
        if step % REPORT_EVERY_STEPS == 0:
            elapsed = time.time() - started
            speed = step * TOKENS_PER_STEP / elapsed
            report = f"step {step}, {elapsed:.0f} s, {speed:.0f} tokens/s, loss {sum(losses) / len(losses):.3f}"
            if step % VALIDATION_EVERY == 0:
                report += f", validation {validation_loss():.3f}"
            print(report, flush=True)
            losses = []
        if time.time() - saved > SAVE_EVERY_SECONDS:
            save_checkpoint(options.out, model, step, step * TOKENS_PER_STEP)
            saved = time.time()
    if pool.rank == 0:
        save_checkpoint(options.out, model, step, step * TOKENS_PER_STEP)
        print(f"validation {validation_loss():.3f} after {step} steps, {step * TOKENS_PER_STEP} tokens", flush=True)
    pool.close()


if __name__ == "__main__":
    main()
