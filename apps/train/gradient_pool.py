"""Averages gradients over forked processes through shared memory."""
import multiprocessing
import os

import torch


class GradientPool:
    """Forks size - 1 children on creation. Every process then calls `agree` and `average` equally often."""

    def __init__(self, parameters: list[torch.nn.Parameter], size: int):
        self.parameters, self.size, self.rank = parameters, size, 0
        self.count = sum(parameter.numel() for parameter in parameters)
        self.shared = torch.zeros(size, self.count + 1).share_memory_()  # one row per process: gradients, then the loss
        self.decision = torch.zeros(1, dtype=torch.float64).share_memory_()
        self.barrier = multiprocessing.get_context("fork").Barrier(size)
        for rank in range(1, size):
            if os.fork() == 0:
                self.rank = rank
                break

    def agree(self, value: float) -> float:
        """The value that the first process gave."""
        if self.rank == 0:
            self.decision[0] = value
        self.barrier.wait()
        return self.decision[0].item()

    def average(self, loss: float) -> float:
        """Replaces every gradient by its mean over the processes; returns the mean loss."""
        row = self.shared[self.rank]
        row[: self.count] = torch.cat([parameter.grad.flatten() for parameter in self.parameters])
        row[self.count] = loss
        self.barrier.wait()
        mean = self.shared.mean(0)
        self.barrier.wait()
        for parameter, gradient in zip(self.parameters, mean.split([p.numel() for p in self.parameters] + [1])):
            parameter.grad.copy_(gradient.view_as(parameter))
        return mean[self.count].item()

    def close(self) -> None:
        """Ends the children without running what their parent registered for its exit."""
        if self.rank > 0:
            os._exit(0)
