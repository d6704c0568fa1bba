"""A Llama-style decoder: RMS norm, rotary positions, grouped key/value heads, gated feed-forward, tied embeddings.

Shapes: B batch, T new positions, P past positions, S = P + T, D width, H query heads, K key/value heads,
E = D / H head width, V vocabulary.
"""
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

MASKED = -1e9
NORM_EPSILON = 1e-5


@dataclass
class Config:
    vocabulary: int = 4096
    width: int = 192
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 512
    context: int = 512
    rope_theta: float = 10000.0

    @property
    def head_width(self) -> int:
        return self.width // self.heads


def rotary_tables(config: Config) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine and sine of every position's angles, each [context, E]."""
    inverse = 1.0 / config.rope_theta ** (torch.arange(0, config.head_width, 2).float() / config.head_width)
    angles = torch.outer(torch.arange(config.context).float(), inverse)
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turns every pair (i, i + E/2) of x [B, heads, T, E] by the angle of its position."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class RMSNorm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + NORM_EPSILON) * self.weight


class Attention(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        kv_width = config.head_width * config.kv_heads
        self.query = nn.Linear(config.width, config.width, bias=False)
        self.key = nn.Linear(config.width, kv_width, bias=False)
        self.value = nn.Linear(config.width, kv_width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x, cos, sin, mask, past=None):
        """x [B, T, D], mask broadcastable to [B, H, T, S], past (key, value) each [B, K, P, E].

        Returns [B, T, D] and the present (key, value), each [B, K, S, E].
        """
        c, (batch, length, _) = self.config, x.shape
        query = self.query(x).view(batch, length, c.heads, c.head_width).transpose(1, 2)
        key = self.key(x).view(batch, length, c.kv_heads, c.head_width).transpose(1, 2)
        value = self.value(x).view(batch, length, c.kv_heads, c.head_width).transpose(1, 2)
        query, key = rotate(query, cos, sin), rotate(key, cos, sin)
        if past is not None:
            key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        # The query heads that share a key/value head are stacked along the positions: one product for the group.
        group, total = c.heads // c.kv_heads, key.shape[2]
        query = query.reshape(batch, c.kv_heads, group * length, c.head_width)
        scores = (query @ key.transpose(-1, -2)) * (1 / math.sqrt(c.head_width))
        scores = scores.reshape(batch, c.heads, length, total) + mask
        weights = scores.softmax(-1).reshape(batch, c.kv_heads, group * length, total)
        mixed = (weights @ value).reshape(batch, c.heads, length, c.head_width)
        return self.out(mixed.transpose(1, 2).reshape(batch, length, c.width)), (key, value)


class Block(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.attention_norm = RMSNorm(config.width)
        self.attention = Attention(config)
        self.feed_forward_norm = RMSNorm(config.width)
        self.gate = nn.Linear(config.width, config.feed_forward, bias=False)
        self.up = nn.Linear(config.width, config.feed_forward, bias=False)
        self.down = nn.Linear(config.feed_forward, config.width, bias=False)

    def forward(self, x, cos, sin, mask, past=None):
        attended, present = self.attention(self.attention_norm(x), cos, sin, mask, past)
        x = x + attended
        normed = self.feed_forward_norm(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed)), present


class LanguageModel(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.width)
        cos, sin = rotary_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                ends_residual = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(parameter, 0, 0.02 / (math.sqrt(2 * config.layers) if ends_residual else 1))

    def hidden(self, ids: torch.Tensor, conversation: torch.Tensor | None = None) -> torch.Tensor:
        """Last hidden state [B, T, D] of ids [B, T]; conversation [B, T] keeps packed conversations apart."""
        length = ids.shape[1]
        visible = torch.ones(length, length, dtype=torch.bool).tril()
        if conversation is not None:
            visible = (visible & (conversation[:, :, None] == conversation[:, None, :]))[:, None]
        mask = torch.zeros(visible.shape).masked_fill_(~visible, MASKED)
        x = self.embedding(ids)
        for block in self.blocks:
            x, _ = block(x, self.cos[:length], self.sin[:length], mask)
        return self.norm(x)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits [B, T, V]."""
        return F.linear(self.hidden(ids), self.embedding.weight)

    def loss(self, ids, targets, conversation, weights=None) -> torch.Tensor:
        """Cross entropy in nats per token, over the targets [B, T] that are not negative."""
        hidden, wanted = self.hidden(ids, conversation), targets >= 0
        logits = F.linear(hidden[wanted], self.embedding.weight)
        losses = F.cross_entropy(logits, targets[wanted], reduction="none")
        if weights is None:
            return losses.mean()
        return (losses * weights[wanted]).sum() / weights[wanted].sum()


class CachedModel(nn.Module):
    """The form that is exported: takes past keys and values, returns the present ones."""

    def __init__(self, model: LanguageModel):
        super().__init__()
        self.model = model

    def forward(self, ids, attention_mask, positions, *past):
        """ids, positions [B, T], attention_mask [B, S], past: key and value of every layer, [B, K, P, E]."""
        model, length, total = self.model, ids.shape[1], attention_mask.shape[1]
        cos, sin = model.cos[positions].unsqueeze(1), model.sin[positions].unsqueeze(1)
        key_positions = torch.arange(total, device=ids.device)
        query_positions = torch.arange(length, device=ids.device) + (total - length)
        causal = (key_positions[None, :] <= query_positions[:, None])[None, None]
        visible = causal & (attention_mask[:, None, None, :] > 0)
        mask = torch.where(visible, torch.tensor(0.0), torch.tensor(MASKED))
        x, presents = model.embedding(ids), []
        for index, block in enumerate(model.blocks):
            x, present = block(x, cos, sin, mask, (past[2 * index], past[2 * index + 1]))
            presents += present
        hidden = model.norm(x)
        return (hidden @ model.embedding.weight.t(), hidden, *presents)


def save_checkpoint(path: Path, model: LanguageModel, steps: int, tokens: int) -> None:
    """fp16 weights, about 4.8 MB; steps and tokens count the run that ends here."""
    weights = {name: tensor.half() for name, tensor in model.state_dict().items()}
    partial = path.with_suffix(".partial")
    torch.save({"config": asdict(model.config), "weights": weights, "steps": steps, "tokens": tokens}, partial)
    partial.replace(path)


def load_checkpoint(path: Path) -> LanguageModel:
    checkpoint = torch.load(path)
    model = LanguageModel(Config(**checkpoint["config"]))
    model.load_state_dict({name: tensor.float() for name, tensor in checkpoint["weights"].items()})
    return model
