"""All scenes of the rules, by the id of the operating model that they are played under."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.rules import dialogue_cloud, implementation, partner, workcube, wsp
from connector.sandbox.rules.told import Repertoire

REPERTOIRES: Mapping[str, Repertoire] = {
    module.REPERTOIRE.company.model: module.REPERTOIRE for module in (wsp, implementation, dialogue_cloud, partner, workcube)
}
