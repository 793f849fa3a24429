"""The people and places of the scenes of 000, 001 and 002, whose customers have trained level 1 staff."""

from __future__ import annotations

from tests.scenes.asking import person

CLOUD = {"deployment": "cloud"}
ON_PREMISES = {"deployment": "on_premises"}

ANN, BEN = person("Ann", "trained-l1"), person("Ben", "trained-l1")
TEAM = (ANN, BEN)
VISITOR = person("Cid")  # on the roster, and not of the trained level 1 staff
INCIDENT, REQUEST = (("record_type", "incident"),), (("record_type", "request"),)
