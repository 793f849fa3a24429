"""What the connector says, in German, by its English templates. ``{!name}``: words that are not ours, and stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

_WHO: Mapping[str, str] = {
    "the customer": "der Kunde",
    "the vendor": "der Hersteller",
    "the partner": "der Partner",
    "the customer's side": "die Kundenseite",
    "the end user": "der Endanwender",
    "the vendor and the customer": "der Hersteller und der Kunde",
    "the customer ({!by})": "der Kunde ({by})",
    "the vendor ({!by})": "der Hersteller ({by})",
    "an operator": "ein Operator",
    "customer": "Kunde",
    "vendor": "Hersteller",
    "partner": "Partner",
    "both": "beide",
    "nobody": "niemand",
    "third_party": "Dritte",
    "service manager": "Servicemanager",
    "lead of level 1": "Leitung des 1st Levels",
    "accountable party": "verantwortliche Partei",
}
"""Who, where a sentence begins with it or names it alone."""

_THINGS: Mapping[str, str] = {
    "ticket {!number}": "Ticket {number}",
    "case {!number}": "Fall {number}",
    "comment {!id} of the customer": "Kommentar {id} des Kunden",
    "comment {!id} of the vendor": "Kommentar {id} des Herstellers",
    "comment {!id} of the customer ({!by})": "Kommentar {id} des Kunden ({by})",
    "comment {!id} of the vendor ({!by})": "Kommentar {id} des Herstellers ({by})",
    "file {!id} of the customer": "Datei {id} des Kunden",
    "file {!id} of the vendor": "Datei {id} des Herstellers",
    "{!value} (new)": "{value} (neu)",
    "{!value} (in work)": "{value} (in Arbeit)",
    "{!value} (waiting for the customer)": "{value} (wartet auf den Kunden)",
    "{!value} (waiting for a third party)": "{value} (wartet auf Dritte)",
    "{!value} (solved)": "{value} (gelöst)",
    "{!value} (closed)": "{value} (geschlossen)",
    "{!value} (cancelled)": "{value} (storniert)",
    "priority": "Priorität",
    "title": "Titel",
    "case number": "Fallnummer",
    "case line": "Fallzeile",
    "customer reference": "Kundenreferenz",
}

_RULINGS: Mapping[str, str] = {
    "Allowed: {!title} [{!cell}]; task {!task}, {!clause}. {reason}": "Erlaubt: {title} [{cell}]; Aufgabe {task}, {clause}. {reason}",
    "Held: {!title} [{!cell}]; task {!task}, {!clause}. {reason}": "Zurückgehalten: {title} [{cell}]; Aufgabe {task}, {clause}. {reason}",
    "Refused: {!title} [{!cell}]; task {!task}, {!clause}. {reason}": "Abgelehnt: {title} [{cell}]; Aufgabe {task}, {clause}. {reason}",
}

_GATE: Mapping[str, str] = {
    "Held with the customer until what is missing is there; then it goes by itself, unless the hand-over was taken back.": (
        "Beim Kunden zurückgehalten, bis das Fehlende da ist; dann geht es von selbst, außer die Übergabe wurde zurückgenommen."
    ),
    "Held with the partner until what is missing is there; then it goes by itself, unless the hand-over was taken back.": (
        "Beim Partner zurückgehalten, bis das Fehlende da ist; dann geht es von selbst, außer die Übergabe wurde zurückgenommen."
    ),
    "Missing: {missing}": "Es fehlt: {missing}",
    "Missing: {missing}, by {!due}": "Es fehlt: {missing}, bis {due}",
    "{missing} (`{!line}` in an internal note)": "{missing} (`{line}` in einer internen Notiz)",
    "a named person's statement that the cause is highly likely in the application": (
        "die Aussage einer namentlich genannten Person, dass die Ursache sehr wahrscheinlich in der Anwendung liegt"
    ),
    "a fully detailed description": "eine vollständige, genaue Beschreibung",
    "the relevant information that the vendor's guideline asks for": "die Angaben, nach denen die Richtlinie des Herstellers fragt",
    "{!who} handed it over and is not on the roster: an authorised person has to do so.": (
        "{who} hat es übergeben und steht nicht auf der Liste der Berechtigten: Eine berechtigte Person muss das tun."
    ),
    "{!who} has no certificate that holds today, which {!role} need ({!source}).": (
        "{who} hat kein heute gültiges Zertifikat, das {role} brauchen ({source})."
    ),
    "{!who} has no identity of their own in the vendor's portal.": "{who} hat keine eigene Identität im Portal des Herstellers.",
    "the vendor has not confirmed yet that it knows {!who}: e-mail and phone have to be with it first.": (
        "der Hersteller hat noch nicht bestätigt, dass er {who} kennt: Vorher müssen ihm E-Mail und Telefon vorliegen."
    ),
    "{!who} is not among those who submit: that is for {!role} ({!source}).": (
        "{who} gehört nicht zu denen, die Fälle eröffnen: Das ist Sache von {role} ({source})."
    ),
    "Submitted by {!who}; all that has to be there is present.": "Übergeben von {who}; alles, was da sein muss, ist da.",
    "Submitted by {!who} (assumed: the history does not say whose act it was); all that has to be there is present.": (
        "Übergeben von {who} (angenommen: die Historie sagt nicht, wer es war); alles, was da sein muss, ist da."
    ),
    "Submitted by {!who}; a P1 is never held for evidence: it goes with its gaps listed.": (
        "Übergeben von {who}; ein P1 wird nie wegen fehlender Angaben zurückgehalten: Es geht mit einer Liste der Lücken."
    ),
    "Submitted by {!who} (assumed: the history does not say whose act it was);"
    " a P1 is never held for evidence: it goes with its gaps listed.": (
        "Übergeben von {who} (angenommen: die Historie sagt nicht, wer es war);"
        " ein P1 wird nie wegen fehlender Angaben zurückgehalten: Es geht mit einer Liste der Lücken."
    ),
    "a version that is supported ({!clause}; `#connector submit REASON` sends it as it is)": (
        "eine Version, die unterstützt wird ({clause}; `#connector submit GRUND` schickt es, wie es ist)"
    ),
    "{!who} lets it go as it is: {!why}": "{who} lässt es gehen, wie es ist: {why}",
    "{!who} asked for the vendor's advice; the ticket stays where it is.": (
        "{who} hat den Rat des Herstellers erbeten; das Ticket bleibt, wo es ist."
    ),
    "{!who} asked for the vendor's help; the ticket stays where it is.": (
        "{who} hat die Hilfe des Herstellers erbeten; das Ticket bleibt, wo es ist."
    ),
    "it was never with {!id}, {!title}, from which alone a case comes ({!source}).": (
        "es war nie bei {id}, {title}, von wo allein ein Fall kommt ({source})."
    ),
    "Submitting a case is for the customer to do.": "Einen Fall zu eröffnen ist Sache des Kunden.",
}

_WHOSE: Mapping[str, str] = {
    "it joins what is under way already, and {who} goes on answering for it: {!rule}.": (
        "es schließt sich an, was schon in Arbeit ist, und {who} bleibt dafür verantwortlich: {rule}."
    ),
    "What was found is named by `#connector join NUMBER FINDINGS` in an internal note.": (
        "Was gefunden wurde, wird durch `#connector join NUMMER BEFUNDE` in einer internen Notiz genannt."
    ),
    "{!field} is {!value} (asked: {asked}), so this is row {!row}: the vendor does the work.": (
        "{field} ist {value} (gefragt: {asked}), also Zeile {row}: Der Hersteller macht die Arbeit."
    ),
    "{!field} is {!value} (asked: {asked}), so this is row {!row}: the vendor works on it too.": (
        "{field} ist {value} (gefragt: {asked}), also Zeile {row}: Der Hersteller arbeitet auch daran."
    ),
    "{!field} is {!value} (asked: {asked}), so this is row {!row}: it stays with the customer, the vendor {part}.": (
        "{field} ist {value} (gefragt: {asked}), also Zeile {row}: Es bleibt beim Kunden, der Hersteller {part}."
    ),
    "{!field} is {!value} (asked: {asked}), so this is row {!row}: it stays with the partner, the vendor {part}.": (
        "{field} ist {value} (gefragt: {asked}), also Zeile {row}: Es bleibt beim Partner, der Hersteller {part}."
    ),
    "{!field} is {!value} (asked: {asked}), so this is the clause {!clause}: the vendor does the work.": (
        "{field} ist {value} (gefragt: {asked}), also die Klausel {clause}: Der Hersteller macht die Arbeit."
    ),
    "{!field} is {!value} (asked: {asked}), so this is the clause {!clause}: it stays with the customer, the vendor {part}.": (
        "{field} ist {value} (gefragt: {asked}), also die Klausel {clause}: Es bleibt beim Kunden, der Hersteller {part}."
    ),
    "Documented {!value} ({!clause}), so this is row {!row}: the vendor does the work.": (
        "Dokumentation: {value} ({clause}), also Zeile {row}: Der Hersteller macht die Arbeit."
    ),
    "{!field} is {!value} (asked: {asked}), so this is on the system {!system}: the customer manages it.": (
        "{field} ist {value} (gefragt: {asked}), also geht es um das System {system}: Der Kunde betreibt es."
    ),
    "{!field} is {!value} (asked: {asked}), so this is on the system {!system}: the vendor manages it.": (
        "{field} ist {value} (gefragt: {asked}), also geht es um das System {system}: Der Hersteller betreibt es."
    ),
    "is {!value}": "ist {value}",
    "is not {!value}": "ist nicht {value}",
    "in {!values}": "in {values}",
    "contains {!value}": "enthält {value}",
    "starts with {!value}": "beginnt mit {value}",
    "has no part in it": "hat keinen Anteil daran",
    "is asked where somebody decides so": "wird gefragt, wenn jemand es so entscheidet",
    "helps when asked": "hilft auf Anfrage",
    "helps and advises when asked": "hilft und berät auf Anfrage",
    "the customer has to ask the user before and tell the user after": (
        "der Kunde muss den Anwender vorher fragen und nachher unterrichten"
    ),
    "No row of the operating model says whose this ticket is.": "Keine Zeile des Betriebsmodells sagt, wessen dieses Ticket ist.",
    "It is with {!id}, {!title}, and was not handed over to the vendor.": (
        "Es ist bei {id}, {title}, und wurde dem Hersteller nicht übergeben."
    ),
    "It came there by this rule: {!rule}.": "Nach dieser Regel kam es dorthin: {rule}.",
    "{!id} waits for what {giver} owes, unless it goes on without: {missing}.": (
        "{id} wartet auf das, was {giver} schuldet, wenn es nicht ohne das weitermacht: {missing}."
    ),
    "Before it goes on, {!id} is asked: {missing}.": "Bevor es weitergeht, wird {id} gefragt: {missing}.",
    "Asked of {giver}: {missing}.": "Erbeten von {giver}: {missing}.",
    "{!id} (the partner)": "{id} (der Partner)",
    "{!id} (the customer)": "{id} (der Kunde)",
    "It ends at {!level}: {!rule}.": "Es endet bei {level}: {rule}.",
}

_MOVES: Mapping[str, str] = {
    "Solved, and not released yet: the ticket stays where it is until the release.": (
        "Gelöst und noch nicht freigegeben: Das Ticket bleibt bis zur Freigabe, wo es ist."
    ),
    "Solved by the vendor: the ticket goes back to level 1, awaiting confirmation.": (
        "Vom Hersteller gelöst: Das Ticket geht zur Bestätigung zurück an das 1st Level."
    ),
    "The part of the vendor is done: the ticket goes back to level 1, awaiting confirmation.": (
        "Der Teil des Herstellers ist erledigt: Das Ticket geht zur Bestätigung zurück an das 1st Level."
    ),
    "Rejected by the vendor: the ticket is returned to level 1 with the reason.": (
        "Vom Hersteller zurückgewiesen: Das Ticket geht mit der Begründung zurück an das 1st Level."
    ),
    "The vendor starts it, and the customer is told by one ticket.": (
        "Der Hersteller beginnt es von sich aus, und der Kunde erfährt davon durch ein Ticket."
    ),
    "Working on the case and saying how it stands is for the vendor to do.": (
        "Am Fall zu arbeiten und zu sagen, wie er steht, ist Sache des Herstellers."
    ),
    "The case waited for the customer, and this is the answer.": "Der Fall wartete auf den Kunden, und dies ist die Antwort.",
    "The solution is not accepted by the customer: the case goes on.": "Der Kunde nimmt die Lösung nicht an: Der Fall geht weiter.",
    "The vendor solved the case and the customer closed its ticket: the case is closed.": (
        "Der Hersteller hat den Fall gelöst und der Kunde sein Ticket geschlossen: Der Fall wird geschlossen."
    ),
    "Withdrawal: the customer ended its ticket, but a case that is not solved is the vendor's to end; a note tells the vendor.": (
        "Rücknahme: Der Kunde hat sein Ticket beendet, aber einen ungelösten Fall zu beenden ist Sache des Herstellers;"
        " eine Notiz sagt es ihm."
    ),
    "Closed by the caller: level 1 confirms before the case follows.": (
        "Vom Anwender geschlossen: Das 1st Level bestätigt, bevor der Fall folgt."
    ),
    "Closed by a job: level 1 confirms before the case follows.": (
        "Von einem Automatismus geschlossen: Das 1st Level bestätigt, bevor der Fall folgt."
    ),
    "Closed by somebody who is not among those who speak to users: level 1 confirms before the case follows.": (
        "Von jemandem geschlossen, der nicht zu denen gehört, die mit Anwendern sprechen: Das 1st Level bestätigt, bevor der Fall folgt."
    ),
    "The vendor may not move the ticket: row {!row}, the vendor holds {!letters} there, which is not enough (it needs R).": (
        "Der Hersteller darf das Ticket nicht bewegen: Zeile {row}, dort hat der Hersteller {letters}, was nicht reicht (nötig ist R)."
    ),
    "A comment on the case is for the customer to give.": "Den Fall zu kommentieren steht dem Kunden zu.",
    "A comment on the case is for the vendor to give.": "Den Fall zu kommentieren steht dem Hersteller zu.",
    "a text in {!place} travels only if it starts with {!sign}": "ein Text in {place} geht nur hinüber, wenn er mit {sign} beginnt",
}

_DUTIES: Mapping[str, str] = {
    "the customer owes {what}. It rests on {!ground}": "der Kunde schuldet: {what}. Grundlage: {ground}",
    "the customer owes {what}, by {!due}. It rests on {!ground}": "der Kunde schuldet bis {due}: {what}. Grundlage: {ground}",
    "the vendor owes {what}. It rests on {!ground}": "der Hersteller schuldet: {what}. Grundlage: {ground}",
    "the vendor owes {what}, by {!due}. It rests on {!ground}": "der Hersteller schuldet bis {due}: {what}. Grundlage: {ground}",
    "the partner owes {what}. It rests on {!ground}": "der Partner schuldet: {what}. Grundlage: {ground}",
    "the partner owes {what}, by {!due}. It rests on {!ground}": "der Partner schuldet bis {due}: {what}. Grundlage: {ground}",
    "done: {what}. It rests on {!ground}": "erledigt: {what}. Grundlage: {ground}",
    "done: {what} ({!word}). It rests on {!ground}": "erledigt: {what} ({word}). Grundlage: {ground}",
    "overdue: the customer owes {what}. It rests on {!ground}": "überfällig: der Kunde schuldet: {what}. Grundlage: {ground}",
    "overdue: the vendor owes {what}. It rests on {!ground}": "überfällig: der Hersteller schuldet: {what}. Grundlage: {ground}",
    "for the customer to do where it is needed: {what}. It rests on {!ground}": (
        "vom Kunden zu tun, wenn es nötig ist: {what}. Grundlage: {ground}"
    ),
    "expected of the vendor, though the document does not demand it: {what}. It rests on {!ground}": (
        "vom Hersteller erwartet, obwohl das Dokument es nicht verlangt: {what}. Grundlage: {ground}"
    ),
    "not done, and what it arose from is over, so that it stays not confirmed: {what}. It rests on {!ground}": (
        "nicht erledigt, und der Anlass ist vorbei, so dass es unbestätigt bleibt: {what}. Grundlage: {ground}"
    ),
    "{what} did not come in time: who answers for it goes on without. It rests on {!ground}": (
        "{what}: nicht rechtzeitig gekommen; wer verantwortlich ist, macht ohne weiter. Grundlage: {ground}"
    ),
    "{what}, by {!due}": "{what}, bis {due}",
    "Say that it is done by: {!how}.": "Erledigt melden mit: {how}.",
    "It is the customer's [{!cell}]: {!clause}.": "Sache des Kunden [{cell}]: {clause}.",
    "It is the vendor's [{!cell}]: {!clause}.": "Sache des Herstellers [{cell}]: {clause}.",
    "It is the partner's [{!cell}]: {!clause}.": "Sache des Partners [{cell}]: {clause}.",
    "a call to the vendor's 24x7 number": "Anruf bei der 24x7-Nummer des Herstellers",
    "a call to the vendor's 24x7 number ({!number})": "Anruf bei der 24x7-Nummer des Herstellers ({number})",
    "a call to the vendor's 24x7 number, if it is needed for follow-up": (
        "Anruf bei der 24x7-Nummer des Herstellers, wenn er zum Nachfassen nötig ist"
    ),
    "an answer to the vendor's question": "Antwort auf die Frage des Herstellers",
    "access for {!level}, {!title}, which is {who}'s": "Zugang für {level}, {title}; besetzt durch {who}",
    "access for the vendor's engineers": "Zugang für die Techniker des Herstellers",
    "access for the vendor's engineers: {!what}": "Zugang für die Techniker des Herstellers: {what}",
    "access for the vendor's engineers ({shares}): {!what}": "Zugang für die Techniker des Herstellers ({shares}): {what}",
    "a word on the vendor's solution: accepted, or refused": "Wort zur Lösung des Herstellers: angenommen oder abgelehnt",
    "a word on what caused the P1: the vendor's component alone, something else, or both": (
        "Wort zur Ursache des P1: allein die Komponente des Herstellers, etwas anderes oder beides"
    ),
    "a new word on what caused the P1, since the vendor objects to the cause that was stated: {!why}": (
        "ein neues Wort zur Ursache des P1, da der Hersteller der genannten Ursache widerspricht: {why}"
    ),
    "a decision on the cause of the P1: the customer stays with its word, the vendor objects: {!why}": (
        "Entscheidung über die Ursache des P1: Der Kunde bleibt bei seinem Wort, der Hersteller widerspricht: {why}"
    ),
    "the vendor's component alone": "allein die Komponente des Herstellers",
    "something else": "etwas anderes",
    "both together": "beides zusammen",
    "the root cause analysis of the P1": "Ursachenanalyse zum P1",
    "the root cause analysis of the P1; first the customer gets the draft": (
        "Ursachenanalyse zum P1; zuerst bekommt der Kunde den Entwurf"
    ),
    "the root cause analysis of the P1; the customer had the draft": "Ursachenanalyse zum P1; der Kunde hatte den Entwurf",
    "a word that the end user was asked before it was decided, and was told after": (
        "Wort, dass der Endanwender vor der Entscheidung gefragt und danach unterrichtet wurde"
    ),
    "a word that the end user was asked before it was decided": ("Wort, dass der Endanwender vor der Entscheidung gefragt wurde"),
    "a word that the end user was told after it was done": "Wort, dass der Endanwender danach unterrichtet wurde",
    "an answer to the consultation": "Antwort auf die Anfrage",
    "what the ticket is held for: {why}": "worauf das zurückgehaltene Ticket wartet: {why}",
    "ask before it is decided what is to be done": "vor der Entscheidung fragen, was getan werden soll",
    "tell that it is done, and how": "sagen, dass und wie es erledigt ist",
    "open": "offen",
    "overdue": "überfällig",
}

_SECRETS: Mapping[str, str] = {
    "It is a recording of somebody's screen, which goes with that person's consent only: `{!line}` in an internal note.": (
        "Es ist die Aufzeichnung eines Bildschirms und geht nur mit Einwilligung der Person: `{line}` in einer internen Notiz."
    ),
    "it seems to hold a secret ({!what})": "es scheint ein Geheimnis zu enthalten ({what})",
} | {
    f"line {{!number}}: {english}": f"Zeile {{number}}: {german}"
    for english, german in {
        "a private key": "ein privater Schlüssel",
        "a connection string": "eine Verbindungszeichenfolge",
        "a client secret": "ein geheimer Clientschlüssel",
        "an API key": "ein API-Schlüssel",
        "a signed link": "ein signierter Link",
        "an access token": "ein Zugriffstoken",
        "an address with a password": "eine Adresse mit Passwort",
        "a password": "ein Passwort",
    }.items()
}

_PARTIES = {"the customer": "der Kunde", "the vendor": "der Hersteller", "the partner": "der Partner"}
_DOES = {
    "works on it": "arbeitet daran",
    "answers for it": "ist dafür verantwortlich",
    "helps when asked": "hilft auf Anfrage",
    "is consulted": "wird vorher gefragt",
    "is informed": "wird unterrichtet",
}
_PARTS: Mapping[str, str] = {
    f"{party} {' and '.join(some)}": f"{_PARTIES[party]} {' und '.join(_DOES[one] for one in some)}"
    for party in _PARTIES
    for count in range(1, len(_DOES) + 1)
    for some in combinations(_DOES, count)
}
"""What each combination of letters makes of a party: see ``rasci/parts.py``."""

_SHARED: Mapping[str, str] = {
    f"{source} ({shares})": f"{target} ({shares})"
    for source, target in _DUTIES.items()
    if source.startswith("the root cause analysis of the P1")
    for shares in ("{one}", "{one}; {two}", "{one}; {two}; {three}")
}

_STORY: Mapping[str, str] = {
    "{there} was found and is meant for the vendor: {!why}": "{there} wurde gefunden und ist für den Hersteller bestimmt: {why}",
    "{there} was found and is with {!level}: {!why}": "{there} wurde gefunden und ist bei {level}: {why}",
    "{there} was handed over, {!step}, without {!missing}": "{there} wurde übergeben, {step}, ohne {missing}",
    "{there} was handed over, {!step}": "{there} wurde übergeben, {step}",
    "nothing travels as long as this stands: {why}": "nichts geht hinüber, solange dies gilt: {why}",
    "the reason to wait is gone: the ticket goes to the vendor": "der Grund zu warten ist weg: Das Ticket geht an den Hersteller",
    "{there} is about: {!title}": "{there} betrifft: {title}",
    "case {!case} was found in the vendor's portal: opened by the vendor": (
        "Fall {case} wurde im Portal des Herstellers gefunden: vom Hersteller eröffnet"
    ),
    "case {!case} is news of {!what}, about {!about}: {!why}": "Fall {case} ist eine Nachricht ({what}) über {about}: {why}",
    "ticket {!ticket} was opened to tell the customer, of case {!case}": (
        "Ticket {ticket} wurde eröffnet, um dem Kunden von Fall {case} zu berichten"
    ),
    "case {!case} is about the same: ticket {!ticket} tells of it too": (
        "Fall {case} betrifft dasselbe: Ticket {ticket} berichtet auch davon"
    ),
    "case {!case} was opened at the vendor's, for ticket {!ticket}: priority {!p}, status {status}, title {!title}": (
        "Fall {case} wurde beim Hersteller eröffnet, für Ticket {ticket}: Priorität {p}, Status {status}, Titel {title}"
    ),
    "ticket {!ticket} joined the vendor's task {!number} ({!url}), as {!who} said": (
        "Ticket {ticket} hat sich der Aufgabe {number} des Herstellers angeschlossen ({url}), wie {who} gesagt hat"
    ),
    "ticket {!ticket} joined the vendor's task {!number}, as {!who} said": (
        "Ticket {ticket} hat sich der Aufgabe {number} des Herstellers angeschlossen, wie {who} gesagt hat"
    ),
    "a finding of {!who} is for the vendor's task {!number}: {!text}": (
        "ein Befund von {who} ist für die Aufgabe {number} des Herstellers: {text}"
    ),
    "nothing more is told of the vendor's task {!number}, as {!who} said": (
        "von der Aufgabe {number} des Herstellers wird nichts mehr berichtet, wie {who} gesagt hat"
    ),
    "the vendor's task {!number} cannot be read: {!why}": "die Aufgabe {number} des Herstellers ist nicht lesbar: {why}",
    "the vendor merged task {!before} into {!number}, which takes its place": (
        "der Hersteller hat Aufgabe {before} mit {number} zusammengeführt, die an ihre Stelle tritt"
    ),
    "the reason to wait is gone: the task can be read again": "der Grund zu warten ist weg: Die Aufgabe ist wieder lesbar",
    "there is no task {!number} at the vendor's, or our account may not read it: check its number": (
        "beim Hersteller gibt es keine Aufgabe {number}, oder unser Konto darf sie nicht lesen: Bitte prüfen Sie die Nummer"
    ),
    "{!number} is this ticket's own case: write an ordinary comment for the vendor": (
        "{number} ist der eigene Fall dieses Tickets: Schreiben Sie dem Hersteller einen gewöhnlichen Kommentar"
    ),
    "task {!number} has ended: join the one that goes on with it, or have a new one opened": (
        "Aufgabe {number} ist beendet: Schließen Sie sich der an, die sie fortführt, oder lassen Sie eine neue eröffnen"
    ),
    "this ticket joined no such task: {!numbers}": "dieses Ticket hat sich keiner solchen Aufgabe angeschlossen: {numbers}",
    "this operating model knows no joining of the vendor's tasks: hand the ticket over, or write a comment for the vendor": (
        "dieses Betriebsmodell kennt keinen Anschluss an Aufgaben des Herstellers: Übergeben Sie das Ticket, oder schreiben Sie dem"
        " Hersteller einen Kommentar"
    ),
    "the portal would move the task because of it; it goes once the task stands elsewhere": (
        "das Portal würde die Aufgabe deshalb bewegen; es geht, sobald sie woanders steht"
    ),
    "joined on {!when} by {!by}; findings: {!count}; it stands at {stands}": (
        "angeschlossen am {when} von {by}; Befunde: {count}; sie steht auf {stands}"
    ),
    "joined on {!when} by {!by}; findings: {!count}; it stands at {stands}; nothing more is told of it": (
        "angeschlossen am {when} von {by}; Befunde: {count}; sie steht auf {stands}; es wird nichts mehr von ihr berichtet"
    ),
    "joined on {!when} by {!by}; findings: {!count}; it stands at {stands}; it cannot be read: {!why}": (
        "angeschlossen am {when} von {by}; Befunde: {count}; sie steht auf {stands}; sie ist nicht lesbar: {why}"
    ),
    "Joined tasks of the vendor's": "Aufgaben des Herstellers, denen es sich angeschlossen hat",
    "{!who} told the connector on ticket {!ticket}: {!said}": "{who} an den Connector, auf Ticket {ticket}: {said}",
    "{!who} told the connector through an operator's command on ticket {!ticket}: {!said}": (
        "{who} an den Connector, durch den Befehl eines Operators, auf Ticket {ticket}: {said}"
    ),
    "{!who} told the connector on case {!case}: {!said}": "{who} an den Connector, auf Fall {case}: {said}",
    "{item} stays where it is": "{item} bleibt, wo er ist",
    "{item} stays where it is: {why}": "{item} bleibt, wo er ist: {why}",
    "{item} was carried to {there}": "{item} wurde nach {there} übertragen",
    "The connector tells the customer's staff: {!text}": "Der Connector sagt dem Personal des Kunden: {text}",
    "The connector tells the vendor's staff: {!text}": "Der Connector sagt dem Personal des Herstellers: {text}",
    "{who} set {what} to {was}; {there} was set to {now}": "{who} hat {what} auf {was} gesetzt; {there} steht nun auf {now}",
    "{who} set {what} to {was}; {there} has it too": "{who} hat {what} auf {was} gesetzt; {there} hat es auch",
    "{unit} of ticket {!number}": "{unit} von Ticket {number}",
    "{unit} of case {!number}": "{unit} von Fall {number}",
    "status stays different: ticket {!ticket} has {a} and case {!case} has {b}": (
        "Status bleibt verschieden: Ticket {ticket} hat {a} und Fall {case} hat {b}"
    ),
    "status: both sides agree: ticket {!ticket} has {a} and case {!case} has {b}": (
        "Status: Beide Seiten stimmen überein: Ticket {ticket} hat {a} und Fall {case} hat {b}"
    ),
    "status: the difference is over: ticket {!ticket} has {a} and case {!case} has {b}": (
        "Status: Der Unterschied ist vorbei: Ticket {ticket} hat {a} und Fall {case} hat {b}"
    ),
    "status of {there} is {value}, which changes nothing on the other side: {why}": (
        "Status von {there} ist {value}, was auf der anderen Seite nichts ändert: {why}"
    ),
    "the vendor was only asked, and how its case stands says nothing of the ticket": (
        "der Hersteller wurde nur gefragt, und wie sein Fall steht, sagt nichts über das Ticket"
    ),
}

_NEXT: Mapping[str, str] = {
    "what the vendor writes next is noted in the ticket, which only its own people move and close": (
        "was der Hersteller als Nächstes schreibt, wird im Ticket notiert, das nur die eigenen Leute bewegen und schließen"
    ),
    "no case yet": "noch kein Fall",
    "ticket and case are linked": "Ticket und Fall sind verbunden",
    "ticket and case have ended": "Ticket und Fall sind beendet",
    "an operator ended the exchange": "ein Operator hat den Austausch beendet",
    "Either side's next change is looked at when it comes; both are looked at by {!when}.": (
        "Die nächste Änderung jeder Seite wird beachtet, sobald sie kommt; beide werden spätestens {when} angesehen."
    ),
    "nothing travels as long as this stands, then it goes on by itself: {why}": (
        "nichts geht hinüber, solange dies gilt, danach geht es von selbst weiter: {why}"
    ),
    "nothing is left to do; whoever opens one of the two again is followed": (
        "nichts ist mehr zu tun; öffnet jemand eines der beiden wieder, geht es weiter"
    ),
    "the vendor has the case and has not taken it up yet": "der Hersteller hat den Fall und hat ihn noch nicht aufgenommen",
    "the vendor has the case and works on it; the connector carries over what either side says": (
        "der Hersteller hat den Fall und arbeitet daran; der Connector überträgt, was beide Seiten sagen"
    ),
    "the customer has it: the vendor waits for an answer": "der Kunde ist dran: Der Hersteller wartet auf eine Antwort",
    "the vendor has the case and waits for a third party": "der Hersteller hat den Fall und wartet auf Dritte",
    "the customer has it: level 1 confirms the solution and closes the ticket, then the case is closed": (
        "der Kunde ist dran: Das 1st Level bestätigt die Lösung und schließt das Ticket, dann wird der Fall geschlossen"
    ),
    "the customer has it: the vendor has closed the case, the ticket is the customer's to close": (
        "der Kunde ist dran: Der Hersteller hat den Fall geschlossen, das Ticket schließt der Kunde"
    ),
    "the customer has it: the vendor ended the case without a solution": (
        "der Kunde ist dran: Der Hersteller hat den Fall ohne Lösung beendet"
    ),
    "the customer has it: the vendor, which was only asked, has done with the question": (
        "der Kunde ist dran: Der Hersteller, der nur gefragt wurde, ist mit der Frage fertig"
    ),
    "the customer has it and goes on by itself; the vendor was only asked, and its answer will stand in the ticket's notes": (
        "der Kunde ist dran und macht selbst weiter; der Hersteller wurde nur gefragt, seine Antwort wird in den Notizen stehen"
    ),
    "the customer has ended {there}; {other} is the vendor's to end": (
        "der Kunde hat {there} beendet; {other} zu beenden ist Sache des Herstellers"
    ),
    "Now": "Jetzt",
    "What stands different": "Was verschieden steht",
    "What stays where it is": "Was bleibt, wo es ist",
    "Owed": "Geschuldet",
    "Handed over": "Übergeben",
    "handed over on {!when} with all that was asked for": "übergeben am {when} mit allem, worum gebeten war",
    "handed over on {!when} without {!missing}": "übergeben am {when} ohne {missing}",
    "handed over on {!when} with all that was asked for; questions back: {!count}, {backs}": (
        "übergeben am {when} mit allem, worum gebeten war; Rückfragen: {count}, {backs}"
    ),
    "handed over on {!when} without {!missing}; questions back: {!count}, {backs}": (
        "übergeben am {when} ohne {missing}; Rückfragen: {count}, {backs}"
    ),
    "the case waited": "der Fall wartete",
    "{!id} (said by {!by})": "{id} (gesagt von {by})",
    "Not confirmed": "Nicht bestätigt",
    "Waited on": "Gewartet auf",
    "Under way": "Unterwegs",
    "Story (UTC)": "Verlauf (UTC)",
    "Next": "Als Nächstes",
    "held": "zurückgehalten",
    "parked": "geparkt",
    "no ticket": "kein Ticket",
    "(Since {!when}.)": "(Seit {when}.)",
}

GERMAN: Mapping[str, str] = {
    **_WHO,
    **_THINGS,
    **_RULINGS,
    **_GATE,
    **_WHOSE,
    **_MOVES,
    **_DUTIES,
    **_SECRETS,
    **_SHARED,
    **_PARTS,
    **_STORY,
    **_NEXT,
}
