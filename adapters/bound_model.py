"""The keys of a binding file. docs/bindings.md explains them; ``bindings/binding.schema.json`` is made from here."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from adapters.bound_times import WORDS as TIME_WORDS

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = ("ask", "tell")
FORMS = ("json", "form", "multipart", "body", "with")
Meaning = Literal["refused", "gone", "stale", "misconfigured", "not_applied", "busy", "unknown"]


def _path(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError:
        raise ValueError(f"{text!r} is no path; write names with dots between them, such as data.title") from None
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


def _times(text: str) -> str:
    if text not in TIME_WORDS and "%" not in text:
        raise ValueError(f"{text!r} is no form of times; write {', '.join(TIME_WORDS)}, or a form such as %Y-%m-%d %H:%M:%S")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one such as Europe/Berlin") from None
    return name


def _read_only(value: Any) -> Any:
    return {"read": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Path = Annotated[str, AfterValidator(_path)]
"""A JMESPath: names with dots between them, nearly always."""
Pattern = Annotated[str, AfterValidator(_pattern)]
Times = Annotated[str, AfterValidator(_times)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# --- calls -----------------------------------------------------------------------------------------------


class Paging(Table):
    """How a long list is asked for. Without it, one answer is the whole list."""

    by: Literal["page", "offset", "cursor", "link"]
    size: int = Field(100, ge=1, description="rows of one page; {{ size }} in the call")
    first: int = Field(1, ge=0, description="by page: the number of the first page")
    next: Path = Field("", description="by cursor: where an answer says {{ cursor }} for the next page")
    short_pages: bool = Field(default=False, description="a page may hold less though more follow: asked until one is empty")


class Header(Table):
    header: str


class Call(Table):
    """One request. Exactly one of a method (its value is the path) and of ``ask`` and ``tell`` (an operation)."""

    get: str | None = None
    post: str | None = None
    put: str | None = None
    patch: str | None = None
    delete: str | None = None
    ask: str | None = Field(None, description="SERVICE.OPERATION that only reads")
    tell: str | None = Field(None, description="SERVICE.OPERATION that changes something: sent once, never again")
    query: dict[str, Any] = {}
    headers: dict[str, str] = Field({}, description="one that renders to nothing is left out")
    json_: Any = Field(None, alias="json", description="body as JSON")
    form: dict[str, Any] | None = Field(None, description="body as a form")
    multipart: dict[str, Any] | None = Field(None, description="body as a form with a file in it")
    body: Any = Field(None, description="the body itself: a template, or file_as: bytes")
    with_: dict[str, Any] = Field({}, alias="with", description="arguments of a SOAP operation")

    @property
    def method(self) -> str:
        """``get`` ... ``delete``, ``ask``, ``tell``; "" where the call names none."""
        return next((name for name in (*METHODS, *OPERATIONS) if getattr(self, name) is not None), "")

    @property
    def target(self) -> str:
        return getattr(self, self.method) if self.method else ""

    @model_validator(mode="after")
    def _one_method(self) -> Call:
        named = [name for name in (*METHODS, *OPERATIONS) if getattr(self, name) is not None]
        if len(named) > 1:
            raise ValueError(f"one call has one of {' and '.join(named)}; remove the others")
        bodies = [name for name in ("json_", "form", "multipart", "body") if getattr(self, name) is not None]
        if len(bodies) > 1:
            raise ValueError("one call has one body; keep one of json, form, multipart and body")
        return self


class Step(Call):
    """One call of a write. The last one is the write; what stands before it reads, or prepares what nobody sees yet."""

    keep: dict[str, Path | Header] = Field({}, description="NAME: where it stands in the answer; {{ NAME }} in later steps")
    prepares: bool = Field(default=False, description="what it makes is seen on no ticket until the last step")
    row: Path = Field("", description="where the answer holds the ticket as it was stored")


Steps = Annotated[list[Step], BeforeValidator(_listed), Field(min_length=1)]


class Listing(Call):
    """A call whose answer is a list."""

    items: Path = Field("", description="where the list stands in the answer; empty: the answer is the list")
    paging: Paging | None = None


class Touch(Table):
    """A row of a list that is not of tickets, such as one of files."""

    id: Path
    ticket: Path
    at: Path


class Changed(Listing):
    order: Literal["oldest_first", "any"] = Field("oldest_first", description="by the time of the last change")


class AlsoChanged(Changed):
    each: Touch


class Me(Call):
    take: Path = Field(description="where the answer says how lists name our account")


class Download(Call):
    base64: Path = Field("", description="where the answer holds the content in base64; empty: the answer is the content")


# --- what stands where -------------------------------------------------------------------------------------


class MarkerPlace(Table):
    """Where our marker stands: a place of its own, or the end of a subject."""

    in_: Path = Field("", alias="in")
    end_of: Path = ""

    @model_validator(mode="after")
    def _one(self) -> MarkerPlace:
        if bool(self.in_) == bool(self.end_of):
            raise ValueError("write one of in and end_of")
        return self


class PlaceWords(Table):
    at: Path
    words: dict[str, str] = Field(min_length=1, description="what the portal has there: our name of the place")


Place = str | PlaceWords


class OwnMarker(Table):
    """Where a ticket or a file has our marker: in a field of its own."""

    in_: Path = Field(alias="in")


class TicketWords(Table):
    ref: Path = Field(description="native id, which never changes")
    number: Path = Field("", description="what people call it; the id where it is not given")
    changed: Path = Field(description="time of the last change")
    created_by: Path = Field(description="who created it, as me names our account")
    marker: OwnMarker
    version: Path = Field("", description="a number that counts every save")


class FieldWords(Table):
    read: Path | None = Field(None, description="where it stands in a ticket")
    write: str = Field("", description="its name in a write; dots for tables within tables. Empty: it cannot be written")
    type: Literal["text", "number", "truth"] = Field("text", description="what a write sends")
    longest: int | None = Field(None, ge=1, description="characters that the portal keeps of it")


class ItemWords(Table):
    """What comments and files have in common."""

    id: Path
    ticket: Path = Field("", description="whose it is, where one call asks for those of several tickets")
    author: Path = ""
    by: Path = Field(description="who wrote it, as me names our account")
    created: Path = ""


class CommentWords(ItemWords):
    text: Path
    place: Place
    marker: Literal["last_line"] | MarkerPlace
    format: Literal["plain", "html", "servicenow"] = "plain"


class FileWords(ItemWords):
    name: Path
    content_type: Path = ""
    size: Path = ""
    sha256: Path = ""
    place: Place = ""
    marker: OwnMarker | None = None


class EventWords(Table):
    ticket: Path = ""
    field: Path
    old: Path = ""
    new: Path
    author: Path = ""
    by: Path
    at: Path
    version: Path = ""


class Comments(Listing):
    ids: Path = Field("", description="where a ticket lists the ids of its own; {{ ids }} in the call")
    each: CommentWords


class Files(Listing):
    ids: Path = Field("", description="where a ticket lists the ids of its own; {{ ids }} in the call")
    each: FileWords


class History(Listing):
    each: EventWords
    fields: dict[str, str] = Field({}, description="the portal's name of a field in its history: ours, where they differ")


class ErrorPattern(Table):
    """An answer that says no. The first that fits counts."""

    status: Annotated[list[int], BeforeValidator(_listed)] = Field([], description="HTTP status, or several")
    fault: Pattern = Field("", description="SOAP Fault: code and reason")
    at: Path = Field("", description="where an answer says what is wrong; it must be there")
    says: Pattern = Field("", description="what stands at that place; (?P<field>...) is the field complained of")
    means: Meaning

    @model_validator(mode="after")
    def _something(self) -> ErrorPattern:
        if not (self.status or self.fault or self.at):
            raise ValueError("write status, fault or at: this would fit every answer")
        if self.says and not self.at:
            raise ValueError("says needs at: where it stands")
        if not self.at and not self.fault and any(status < 300 for status in self.status):  # noqa: PLR2004 - the end of success
            raise ValueError("an answer of success is an error only where it says so: write at")
        return self


class Can(Table):
    """What the portal can do. Times in seconds, sizes in bytes."""

    internal_place: str = Field("", description="the place that only the vendor's staff see")
    settle_s: float = Field(90, ge=0, description="how long a write whose answer was lost may still land")
    read_lag_s: float = Field(2, ge=0, description="how long a read may lag behind a write")
    find_lag_s: float = Field(2, ge=0, description="how long find may lag behind a creation")
    batch: int = Field(50, ge=1, description="tickets in one read")
    comment_limit: int = Field(60_000, ge=1, description="characters")
    file_limit: int = Field(10_000_000, ge=0)
    comment_provokes: dict[str, str] = Field({}, description="status that our comment sets, by the one before")


class Service(Table):
    """One SOAP web service."""

    wsdl: str = Field(description="a file beside the binding")
    at: str = Field(description="path of the service below the url")
    namespace: str = Field("", description="in place of the WSDL's own")
    action: Literal["#", "/"] = Field("/", description="what stands between namespace and operation in SOAPAction")


class BindingFile(Table):
    """A portal's interface, as a table."""

    binding: str = Field(min_length=1, description="its name")
    speaks: Literal["rest", "soap"]
    description: str = ""
    settings: dict[str, str] = Field({}, description="names that templates use, with defaults; values: of the settings sets them")
    services: dict[str, Service] = {}
    prefix: str = Field("", description="what every path begins with, below the url")
    auth: Literal["basic", "bearer", "none"] | Header = "basic"
    headers: dict[str, str] = {}
    times: Times = Field("iso", description="how times are written: iso, seconds, milliseconds, or a form such as %Y-%m-%d %H:%M")
    asked_times: Times | None = Field(None, description="the same in requests, where it differs")
    time_zone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="of times that do not name their own")
    refs: Pattern = Field(min_length=1, description="what a native id looks like: nothing else is ever sent as one")
    numbers: Pattern = Field("", description="what a ticket's number looks like, where people use another than the id")
    ticket_url: str = Field("", description="where a person sees a ticket: a template with ref and number")
    can: Can = Can()
    errors: list[ErrorPattern] = []
    me: Me | None = None
    ticket: TicketWords
    fields: dict[str, Annotated[FieldWords, BeforeValidator(_read_only)]]
    changed: Changed
    also_changed: list[AlsoChanged] = Field([], description="lists of what changes a ticket without touching its change time")
    read: Listing
    find: Listing
    resolve: Listing | None = None
    comments: Comments
    files: Files | None = None
    download: Download | None = None
    history: History | None = None
    create: Steps | None = None
    set: Steps
    comment: Steps
    attach: Steps | None = None
