"""Templates of a binding: Jinja2 in its sandbox, from a checked syntax tree. They render text and can do nothing else.

The rules are those of a mapping's templates (docs/mappings.md) without its loops: a name, a condition, a few filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = frozenset({"default", "first", "int", "join", "last", "length", "lower", "title", "trim", "truncate", "upper"})
_MAX_SOURCE = 16 * 1024  # characters
_HARMLESS = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Tuple, nodes.List, nodes.Keyword, nodes.Filter,
)  # fmt: skip
_ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)


class TemplateProblem(Exception):
    """A template that is not accepted."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class Template:
    source: str
    names: frozenset[str]  # what must be given to render it
    _compiled: jinja2.Template

    def render(self, given: Mapping[str, object]) -> str:
        return self._compiled.render({name: given[name] for name in self.names})


def compiled(source: str, known: Iterable[str] | None) -> Template:
    """Check and compile a template.

    :param known: the names that it may use; None where that was checked before.
    :raises TemplateProblem: it does not parse, could do more than render text, or uses an unknown name.
    """
    if len(source) > _MAX_SOURCE:
        raise TemplateProblem(f"the template is longer than {_MAX_SOURCE} characters", "shorten it")
    try:
        tree = _ENVIRONMENT.parse(source)
    except (jinja2.TemplateSyntaxError, RecursionError) as error:
        raise TemplateProblem(f"the template does not parse: {error}", "mend the braces") from None
    _check(tree)
    names = frozenset(meta.find_undeclared_variables(tree))
    if known is not None and (unknown := sorted(names.difference(known))):
        raise TemplateProblem(f"the template uses the unknown name {unknown[0]!r}", f"known here: {', '.join(sorted(known))}")
    return Template(source, names, _ENVIRONMENT.from_string(source))


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _HARMLESS):
        raise TemplateProblem(
            f"{type(node).__name__} is not allowed in a template", "templates hold text, {{ name }}, {% if %} and filters"
        )
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.dyn_args is not None or node.dyn_kwargs is not None):
        raise TemplateProblem(f"the filter {node.name!r} is not allowed", f"allowed are {', '.join(sorted(FILTERS))}")
    for child in node.iter_child_nodes():
        _check(child)
