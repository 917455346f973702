"""Several processes that train one model: each has its share of a batch, gradients are added up.

A process that other work slows down gets fewer lines of the next batch, so that nobody waits long.

`torchrun --nproc-per-node 2 -m composer train ...` starts them; alone, a process is all there is.
On several machines it is the same command with `--nnodes` and `--rdzv-endpoint`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import distributed, nn


@dataclass(frozen=True, slots=True)
class Workers:
    """This process is number `rank` (from 0) of `count`, on its own `device`."""

    rank: int
    count: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """Whether this is the one that writes files and reports."""
        return self.rank == 0

    def gather(self, *values: float) -> list[list[float]]:
        """These values of every process, in order of rank."""
        if self.count == 1:
            return [list(values)]
        own = torch.tensor(values, dtype=torch.float64, device=self.device)
        found = [torch.empty_like(own) for _ in range(self.count)]
        distributed.all_gather(found, own)
        return [of_rank.tolist() for of_rank in found]

    def wait(self) -> None:
        """Until all processes have come here."""
        self.gather(0.0)

    def add_gradients(self, parameters: Iterable[nn.Parameter], factor: float) -> None:
        """Every process gets the sum of all gradients times a factor; one that has none counts as
        zeros."""
        gradients = []
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            gradients.append(parameter.grad.mul_(factor))
        if self.count == 1:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        sizes = [gradient.numel() for gradient in gradients]
        for gradient, summed in zip(gradients, torch.split(flat, sizes), strict=True):
            gradient.copy_(summed.view_as(gradient))


def apportioned(units: int, seconds: Sequence[float]) -> list[int]:
    """How many of `units` each process gets, each taking so many seconds for one, for all to be
    done soonest."""
    counts = [0] * len(seconds)
    for _ in range(units):
        soonest = min(range(len(seconds)), key=lambda rank: (counts[rank] + 1) * seconds[rank])
        counts[soonest] += 1
    return counts


def join_workers() -> Workers:
    """The processes that `torchrun` started, or this one alone; each on a GPU where there are."""
    rank, count = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if count > 1:
        torch.set_num_threads(1)
        if not distributed.is_initialized():
            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Workers(rank, count, device)
