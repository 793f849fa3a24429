"""Templates: Jinja2 in its sandbox, from a checked syntax tree. They render text and can do nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from connector.mapping.text import cut

MAX_OUTPUT = 64 * 1024  # bytes
MAX_SOURCE = 16 * 1024  # characters
FILTERS = frozenset({"default", "first", "int", "join", "last", "length", "lower", "title", "trim", "truncate", "upper"})

#: Lists that a template may loop over, with the words of their items.
LISTS: Mapping[str, frozenset[str]] = {"files": frozenset({"name", "size", "content_type"})}

LOOP = frozenset({"first", "index", "last"})  # Jinja2's own words on the turn of a loop

_HARMLESS = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Keyword, nodes.If, nodes.CondExpr,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Tuple, nodes.List,
)  # fmt: skip
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=False, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
)


class TemplateProblem(Exception):
    """A template that is not accepted. ``line`` counts from 1 within the template."""

    def __init__(self, message: str, remedy: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.line = line


@dataclass(frozen=True)
class Template:
    source: str
    variables: frozenset[str]  # the free names: what must be given to render it
    _compiled: jinja2.Template

    def render(self, values: Mapping[str, object]) -> str:
        """The text, at most 64 KB of it. A name without a value is empty."""
        given = {name: values.get(name, () if name in LISTS else "") for name in self.variables}
        return cut(self._compiled.render(given), MAX_OUTPUT)


def compiled(source: str, known: Iterable[str] | None = None) -> Template:
    """Check and compile a template.

    :param known: the names that it may use; None where any native field may be named.
    :raises TemplateProblem: it does not parse, uses more than text, conditions, ticket lists and a few filters,
        or uses an unknown name.
    """
    if len(source) > MAX_SOURCE:
        raise TemplateProblem(f"the template is longer than {MAX_SOURCE} characters", "shorten it")
    try:
        tree = _ENVIRONMENT.parse(source)
    except (jinja2.TemplateSyntaxError, RecursionError) as error:
        raise TemplateProblem(f"the template does not parse: {error}", "mend the braces", getattr(error, "lineno", 1)) from None
    _check(tree, {})
    variables = frozenset(meta.find_undeclared_variables(tree))
    _check_names(tree, variables, known)
    return Template(source, variables, _ENVIRONMENT.from_string(source))


def _check(node: nodes.Node, items: Mapping[str, frozenset[str]]) -> None:
    """Allow what is harmless and nothing else. ``items``: loop variables with the words of their items."""
    if isinstance(node, nodes.For):
        _check_loop(node, items)
        return
    if isinstance(node, nodes.Getattr):
        if not isinstance(node.node, nodes.Name) or node.attr not in items.get(node.node.name, ()):
            _refuse(node, f"'.{node.attr}' is not known here", "only an item of a ticket list has parts, e.g. file.name")
        return
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS or node.dyn_args is not None or node.dyn_kwargs is not None:
            _refuse(node, f"the filter {node.name!r} is not allowed", f"allowed are {', '.join(sorted(FILTERS))}")
    elif not isinstance(node, _HARMLESS):
        _refuse(
            node, f"{type(node).__name__} is not allowed in a template", "templates hold text, {{ name }}, if, and for over files"
        )
    for child in node.iter_child_nodes():
        _check(child, items)


def _check_loop(loop: nodes.For, items: Mapping[str, frozenset[str]]) -> None:
    """One loop over one ticket list: a loop inside another could multiply the text."""
    source = loop.iter.name if isinstance(loop.iter, nodes.Name) else ""
    if items or source not in LISTS or not isinstance(loop.target, nodes.Name) or loop.recursive or loop.test:
        _refuse(loop, "this loop is not allowed", f"write one plain loop over {' or '.join(sorted(LISTS))}")
    inside = {loop.target.name: LISTS[source], "loop": LOOP} if isinstance(loop.target, nodes.Name) else {}
    children: Sequence[nodes.Node] = [*loop.body, *loop.else_]
    for child in children:
        _check(child, inside)


def _refuse(node: nodes.Node, message: str, remedy: str) -> None:
    raise TemplateProblem(message, remedy, node.lineno)


def _check_names(tree: nodes.Template, used: frozenset[str], known: Iterable[str] | None) -> None:
    if known is None:
        return
    known = frozenset(known)
    for name in tree.find_all(nodes.Name):
        if name.name in used and name.name not in known:
            _refuse(
                name, f"the template uses the unknown name {name.name!r}", f"known here: {', '.join(sorted(known)) or 'none'}"
            )
