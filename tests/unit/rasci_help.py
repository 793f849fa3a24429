"""The model under test, and how to alter one cell or setting of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from connector.rasci.model import Cell, Gate, Letter, OperatingModel, Setting, Task, load
from connector.words import Party

FILE = Path(__file__).parents[2] / "config" / "operating-models" / "anywhere365-dialogue-cloud.yaml"
MODEL = load(FILE)


def letters(text: str) -> tuple[Letter, ...]:
    return tuple(Letter(word) for word in text.split(",") if word)


def with_cell(gate: Gate, party: Party, text: str, model: OperatingModel = MODEL) -> OperatingModel:
    """The model with other letters in one cell; it need not be one that the loader would accept."""

    def altered(task: Task) -> Task:
        return replace(task, cells={**task.cells, party: Cell(letters(text))}) if task.gate is gate else task

    return replace(model, tasks=tuple(altered(task) for task in model.tasks))


def with_cells(cells: Iterable[tuple[Gate, Party, str]]) -> OperatingModel:
    model = MODEL
    for gate, party, text in cells:
        model = with_cell(gate, party, text, model)
    return model


def with_setting(name: str, value: str | int) -> OperatingModel:
    return replace(MODEL, settings={**MODEL.settings, name: Setting(value)})
