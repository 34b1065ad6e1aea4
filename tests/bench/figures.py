"""What a benchmark finds: named figures beside their goals, a table for people and ``bench.json`` for programs.

A figure without a goal is printed for orientation; ``met`` is None then. Whether a value must stay below its goal or reach it is said
where the figure is made.
"""

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    goal: float | None = None
    met: bool | None = None


def plain(name: str, value: float, unit: str) -> Figure:
    """A figure without a goal."""
    return Figure(name, round(value, 4), unit)


def at_most(name: str, value: float, unit: str, goal: float) -> Figure:
    return Figure(name, round(value, 4), unit, goal, value <= goal)


def at_least(name: str, value: float, unit: str, goal: float) -> Figure:
    return Figure(name, round(value, 4), unit, goal, value >= goal)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that ``percent`` of all do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]


def spread(name: str, values: Sequence[float], goal: float | None = None) -> list[Figure]:
    """Median and 95th percentile in milliseconds of ``values`` in seconds; the goal is the latter's."""
    p95 = percentile(values, 95) * 1000
    median = plain(f"{name}.p50", statistics.median(values) * 1000, "ms")
    return [median, plain(f"{name}.p95", p95, "ms") if goal is None else at_most(f"{name}.p95", p95, "ms", goal)]


class Report:
    """Prints each figure as it comes and keeps it."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def say(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def add(self, figures: Sequence[Figure]) -> None:
        for figure in figures:
            self.figures.append(figure)
            goal = "" if figure.goal is None else f"goal {figure.goal:g}: {'met' if figure.met else 'NOT MET'}"
            self.say(f"  {figure.name:<52} {figure.value:>12,.3f} {figure.unit:<22} {goal}".rstrip())

    def write(self, path: Path) -> None:
        path.write_text(json.dumps([asdict(figure) for figure in self.figures], indent=1) + "\n", "utf-8")
