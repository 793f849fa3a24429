"""The packaged notes to people, in German. The same notes with the same names as in English."""

from __future__ import annotations

from collections.abc import Mapping

_SIDE = "{% if side == 'customer' %}Kundenseite{% elif side == 'vendor' %}Herstellerseite{% else %}{{ side }}{% endif %}"
_WINNER = "{% if winner == 'customer' %}des Kunden{% elif winner == 'vendor' %}des Herstellers{% else %}{{ winner }}{% endif %}"
_PHASE = (
    "{% if phase == 'closed' %}geschlossen{% elif phase == 'cancelled' %}storniert{% elif phase == 'solved' %}gelöst"
    "{% else %}{{ phase }}{% endif %}"
)

GERMAN: Mapping[str, str] = {
    "dropped": (
        "Das System auf der " + _SIDE + " hat unsere Änderung von {{ unit }}{% if number %} in {{ number }}{% endif %}"
        " nicht übernommen. Gesendet: {{ sent }}. Angezeigt wird: {{ kept }}."
        " Die beiden Tickets weichen voneinander ab, bis jemand eines davon ändert."
    ),
    "only_at_creation": (
        "Eine Änderung von {{ unit }} wird nicht nach {{ number }} übertragen: Unser Konto kann das dort nur setzen, wenn ein Fall"
        " eröffnet wird. Solange er offen ist, werden die Leute dort bei jeder Änderung hier in einem Kommentar gebeten, sie zu machen."
    ),
    "please_set": (
        "In Ticket {{ number }} wurde {{ unit }} geändert: {{ sent }}. Unser Konto kann das hier nicht mehr ändern:"
        " Bitte setzen Sie es."
    ),
    "set_already": (
        "In Ticket {{ number }} ist {{ unit }} wieder so, wie es hier steht: {{ sent }}. Es muss nichts mehr gesetzt werden."
    ),
    "conflict": (
        "{{ unit }} wurde auf beiden Seiten gleichzeitig geändert. Es gilt der Wert " + _WINNER + ": {{ kept }}."
        " Der andere Wert war: {{ lost }}."
    ),
    "refused": "Das System auf der " + _SIDE + " hat die Änderung von {{ unit }} abgelehnt: {{ reason }}",
    "held": (
        "Dieses Ticket wartet noch, bevor es an den Hersteller geht. {{ reason }}\n{% if missing %}Es fehlt: {{ missing }}{% endif %}"
    ),
    "unmapped": "Der Wert von {{ unit }} auf der " + _SIDE + " kann nicht weitergegeben werden: {{ reason }}",
    "unclassified": (
        "Keine Regel legt fest, wer für dieses Ticket zuständig ist. {{ reason }} Es bleibt hier, bis es eingeordnet ist."
    ),
    "opened": "Zu diesem Ticket wurde beim Hersteller der Fall {{ number }} eröffnet.\n{% if url %}{{ url }}{% endif %}",
    "vendor_waiting_customer": (
        "Der Fall {{ number }} des Herstellers wartet auf den Kunden, daher liegt dieses Ticket wieder beim 1st Level."
        " Die Rückfrage des Herstellers steht in den Notizen dieses Tickets."
    ),
    "vendor_solved": (
        "Der Hersteller meldet den Fall {{ number }} als gelöst, daher liegt dieses Ticket wieder beim 1st Level."
        " Bitte fragen Sie bei der betroffenen Person nach. Lösen Sie danach dieses Ticket, oder geben Sie es an den Hersteller"
        " zurück, wenn das Problem weiter besteht."
    ),
    "vendor_closed": (
        "Der Hersteller hat den Fall {{ number }} geschlossen, daher liegt dieses Ticket wieder beim 1st Level."
        " Bitte fragen Sie bei der betroffenen Person nach, und lösen Sie danach dieses Ticket."
    ),
    "vendor_cancelled": (
        "Der Hersteller hat den Fall {{ number }} ohne Lösung beendet, daher liegt dieses Ticket wieder beim 1st Level."
        " Die Begründung des Herstellers steht in den Notizen dieses Tickets."
    ),
    "withdrawal": (
        "Das Ticket {{ number }} des Kunden ist jetzt " + _PHASE + ". Bitte stellen Sie die Arbeit an diesem Fall ein,"
        " und schließen Sie ihn auf Ihrer Seite.{% if reason %} {{ reason }}{% endif %}"
    ),
    "unread": (
        "Dieses Ticket ist beendet, und der Fall {{ number }} des Herstellers bleibt, wie er ist: {{ tickets }} zum selben Fall kann nicht"
        " gelesen werden und ist vielleicht noch offen. Ist es für immer weg, kann ein Operator es vom Fall trennen (connector unlink)."
    ),
    "shared_priority": (
        "Das Ticket {{ number }}, dem dieser Fall auch dient, hat die Priorität {{ priority }} (1 ist die dringendste). Bitte behandeln Sie diesen Fall"
        " so dringend; seine eigene Priorität ist die des Tickets {{ lead }}."
    ),
    "proposal": (
        "Der Hersteller schlägt für den Fall {{ number }} vor: {{ value }}. Wenn Sie einverstanden sind, ändern Sie bitte dieses Ticket."
    ),
    "put_back": (
        "Unsere Änderung von {{ unit }} hat die Änderung einer Person überschrieben."
        " Statt {{ lost }} steht dort jetzt wieder {{ kept }}."
    ),
    "not_put_back": (
        "Unsere Änderung von {{ unit }} hat die Änderung einer Person verdeckt, und das System nimmt diese nicht zurück. {{ reason }}"
        " Was dort stand: {{ lost }}. Bitte setzen Sie es noch einmal."
    ),
    "withheld": "Nicht weitergegeben: {{ item }}. {{ reason }}",
    "parked": (
        "Etwas konnte dem System auf der "
        + _SIDE
        + " nicht zugestellt werden und wartet auf die Betreuung des Connectors: {{ reason }}"
    ),
    "gone": "Das Ticket {{ number }} auf der " + _SIDE + " ist nicht mehr lesbar. Es wurde nichts geschlossen. {{ reason }}",
    "hidden": "Ein weitergegebener Text ist an seinem Ursprung ({{ number }}) nicht mehr sichtbar. {{ reason }}",
    "edited": "Ein weitergegebener Text wurde an seinem Ursprung ({{ number }}) geändert oder gelöscht. {{ reason }}",
    "follows": (
        "Dieses Ticket folgt dem Fall {{ number }} des Herstellers, den das Ticket {{ lead }} führt: Kommentare und Dateien werden"
        " weitergegeben, und die Antworten des Herstellers kommen hier an. Status, Titel und Priorität dieses Tickets ändern den"
        " Fall nicht."
    ),
    "leads": (
        "Dieses Ticket führt jetzt den Fall {{ number }} des Herstellers, weil das bisher führende Ticket beendet ist."
        " Was hier von nun an geändert wird, ändert auch den Fall."
    ),
    "moved": (
        "Der Hersteller hat den Fall zu diesem Ticket mit einem anderen zusammengeführt: Es geht als Fall {{ number }} weiter."
    ),
    "unlinked": (
        "Der Austausch mit {{ number }} ist beendet: Die Betreuung des Connectors hat die Verknüpfung der beiden Tickets gelöst."
        " Was von nun an hier geschrieben wird, bleibt hier, und von dort kommt nichts mehr an."
    ),
    "unfollowed": (
        "Das Ticket {{ number }} gehört nicht mehr zu diesem Fall: Die Betreuung des Connectors hat die Verknüpfung gelöst."
        " Was es beigetragen hat, bleibt hier; was hier von nun an geschrieben wird, erreicht es nicht mehr."
    ),
    "outage": "Das Portal des Herstellers antwortet nicht. {{ reason }}",
    "stays": (
        "Dieses Ticket geht nicht an den Hersteller: Es bleibt hier. {{ reason }}\n{{ row }}"
        "{% if to %}\nFür: {{ to }}{% endif %}"
        "{% if ask %}\n\nDer Hersteller kann trotzdem gefragt werden. Eine berechtigte Person schreibt dazu diese Zeile in eine"
        " interne Notiz: {{ ask }}{% endif %}"
    ),
    "gate": (
        "Dieses Ticket wird zurückgehalten und ist noch nicht beim Hersteller. {{ reason }}\n"
        "{% if missing %}Es fehlt:\n{{ missing }}\n{% endif %}"
        "Sobald nichts mehr fehlt, geht es von selbst weiter, solange es an den Hersteller übergeben bleibt."
        " Soll es hier bleiben, nehmen Sie bitte die Übergabe zurück."
    ),
    "gate_p1": (
        "Dieses P1-Ticket geht sofort an den Hersteller, obwohl noch etwas fehlt."
        " Bitte ergänzen Sie es in diesem Ticket, sobald es Ihnen vorliegt:\n{{ missing }}"
    ),
    "unauthorised": (
        "Dieses P1-Ticket wird zurückgehalten: {{ who }} hat es an den Hersteller übergeben und ist dazu nicht berechtigt."
        " Eine dieser Personen wird jetzt gebraucht: {{ roster }}"
        "\nDamit es an den Hersteller geht, schreibt eine von ihnen diese Zeile in eine interne Notiz: #connector submit"
    ),
    "part_done": (
        "Der Hersteller meldet seinen Teil als erledigt (Fall {{ number }}). Dieses Ticket liegt beim 1st Level und bleibt in"
        " Arbeit: Bitte prüfen Sie, was hier noch zu tun ist, und schreiben Sie dem Hersteller erneut, wenn Sie seine Hilfe brauchen."
    ),
    "owed": (
        "{% if n %}{{ n }}. Erinnerung. {% endif %}Noch zu erledigen: {{ what }}\n"
        "{% if due %}Fällig: {{ due }}\n{% endif %}"
        "{% if how %}Wenn es erledigt ist, melden Sie das bitte mit dieser Zeile in einer internen Notiz: {{ how }}{% endif %}"
    ),
    "overdue": (
        "Überfällig seit {{ since }}: {{ what }}\nVerantwortlich: {{ who }}. Bitte sorgen Sie dafür, dass es erledigt wird,"
        " oder vermerken Sie in einer internen Notiz, worauf es wartet."
    ),
    "news": (
        "Zur Information: Fall {{ number }} des Herstellers, zu dem dieses Ticket gehört. {{ rule }}\n"
        "Dafür ist nichts zu tun; was der Hersteller dort schreibt, wird hier notiert. Schließen Sie das Ticket, wann Sie wollen."
    ),
    "news_work": (
        "Fall {{ number }} des Herstellers, zu dem dieses Ticket gehört, braucht Arbeit auf Ihrer Seite. {{ rule }}\n"
        "Was der Hersteller dort schreibt, wird hier notiert. Schließen Sie das Ticket, wenn Ihr Teil getan ist."
    ),
    "news_also": "Der Hersteller hat dazu weitere Fälle ({{ n }}), von denen ebenfalls dieses Ticket berichtet:\n{{ cases }}",
    "news_done": "Der Hersteller hat seine Arbeit an Fall {{ number }} beendet. Dieses Ticket bleibt, wie es ist: schließen Sie es, wann Sie wollen.",
    "news_part_done": "Der Hersteller hat seinen Teil der Arbeit an Fall {{ number }} beendet. Was übrig ist, ist Ihre Sache.",
    "consulted": (
        "Der Hersteller wurde mit dem Fall {{ number }} gefragt. Dieses Ticket bleibt so lange bei Ihnen; die Antwort wird in seinen"
        " Notizen stehen.\nFrage: {{ question }}"
    ),
    "asked_again": "{{ who }} fragt außerdem: {{ text }}",
    "answered": (
        "Der Hersteller hat die Frage im Fall {{ number }} beantwortet. Die Antwort steht in den Notizen dieses Tickets;"
        " bitte entscheiden Sie, wie es weitergeht."
    ),
    "told_user": (
        "Bitte sprechen Sie mit der betroffenen Person: {{ what }}\nWeder der Hersteller noch der Connector schreibt an Endanwender;"
        " das können nur Sie tun.{% if how %}\nWenn es erledigt ist, melden Sie das bitte mit dieser Zeile in einer internen Notiz:"
        " {{ how }}{% endif %}"
    ),
    "exit": (
        "Dieses Ticket endet auf dieser Stufe und wird kein Fall des Herstellers: {{ what }}\n{{ rule }}\n"
        "{% if to %}Für: {{ to }}\n{% endif %}"
        "Wenn das nicht stimmt, berichtigen Sie bitte die Angaben zum Ticket."
    ),
    "reply_unknown": (
        "Eine Zeile an den Connector wurde nicht verstanden, und es ist nichts geschehen: {{ line }}\nBekannt sind: {{ known }}\n"
        "Bitte schreiben Sie sie noch einmal in eine neue interne Notiz."
    ),
    "reply_unusable": (
        "Eine Zeile an den Connector ist nicht verwendbar, und es wurde nichts getan: {{ line }}\n{{ reason }}\n"
        "Bitte schreiben Sie sie in einer neuen internen Notiz noch einmal."
    ),
    "reply_unauthorised": (
        "Eine Zeile an den Connector wurde nicht befolgt, weil {{ who }} dazu nicht berechtigt ist: {{ line }}\n"
        "Bitte lassen Sie sie von einer berechtigten Person in eine interne Notiz schreiben."
    ),
    "asked": (
        "{% if level %}Dieses Ticket ist jetzt bei {{ level }}.\n{% if missing or must %}{{ giver }} wird um das gebeten, was {{ level }}"
        " braucht, um ohne Rückfrage weiterzuarbeiten.\n{% endif %}{% if must %}Darauf wartet {{ level }}, wenn es nicht ohne das weitermacht:\n{{ must }}\n{% endif %}"
        "{% if missing %}Bitte ergänzen, sobald es jemand weiß:\n{{ missing }}\n{% endif %}"
        "{% if page %}Die Regeln für eine solche Anfrage: {{ page }}\n{% endif %}"
        "{% if leaving %}Bevor es weitergeht, wird {{ level }} gefragt:\n{{ leaving }}{% endif %}"
        "{% else %}Der Hersteller wurde sofort gefragt. Er hätte außerdem gern, sobald es jemand weiß:\n{{ missing }}{% endif %}"
    ),
    "confirm_end": (
        "Dieses Ticket wurde beendet, aber nicht vom 1st Level. {{ reason }} Der Fall {{ number }} bleibt, wie er ist.\n"
        "{% if ask %}Damit der Fall folgt, schreibt eine berechtigte Person diese Zeile in eine interne Notiz: {{ ask }}\n{% endif %}"
        "Wenn das Problem weiter besteht, öffnen Sie dieses Ticket bitte wieder."
    ),
    "solution_refused": "Der Kunde ({{ who }}) nimmt die Lösung dieses Falls nicht an: {{ text }}",
    "upgrade": (
        "Dieses Ticket ging mit dem Vermerk an den Hersteller, dass die installierte Version nicht mehr unterstützt wird ({{ clause }})."
        " Bitte planen Sie eine Aktualisierung: Der Hersteller behebt Fehler dieser Version möglicherweise nicht."
    ),
    "case_unsupported": "Vermerk: Die installierte Version wird nicht mehr unterstützt ({{ clause }}).",
    "secret": (
        "Nicht an den Hersteller weitergegeben, da es ein Geheimnis zu enthalten scheint: {{ item }}\n{{ found }}\n"
        "Bitte hängen Sie es ohne das Geheimnis noch einmal an. Soll es gehen, wie es ist, schreibt eine berechtigte Person diese Zeile"
        " in eine interne Notiz: #connector submit GRUND"
    ),
    "stage": "Die Arbeit des Herstellers am Fall {{ number }} ist jetzt auf der Stufe: {{ stage }}.",
    "unreleased": (
        "Der Hersteller meldet den Fall {{ number }} als gelöst; es kommt mit einer Version und ist auf der Stufe: {{ stage }}."
        " Dieses Ticket bleibt bis zur Freigabe, wo es ist."
    ),
    "cause_stated": (
        "Der Kunde nennt als Ursache dieses P1: {{ cause }}. Wer widersprechen will, schreibt diese Zeile in einen Text, den der Kunde"
        " sieht: #connector object GRUND"
    ),
    "rca_released": "Die Ursachenanalyse des Kunden zu diesem P1: {{ text }}",
    "rca_waits": (
        "Die Ursachenanalyse kam nicht in den Fall {{ number }} des Herstellers: Er ist beendet, und ein Text des Connectors würde ihn"
        " wieder öffnen. Bitte geben Sie sie dem Hersteller auf anderem Weg."
    ),
    "task_joined": (
        "Dieses Ticket hat sich der Aufgabe {{ number }} des Herstellers angeschlossen: Was aus ihr wird, steht hier und bewegt dieses"
        " Ticket nicht.\n{% if url %}{{ url }}\n{% endif %}Um das zu beenden, schreibt eine berechtigte Person diese Zeile in eine interne"
        " Notiz: {{ line }}"
    ),
    "finding": "{{ who }} ergänzt zu einem ähnlichen Anruf des Kunden ({{ number }}): {{ text }}",
    "task_stands": (
        "Die Aufgabe {{ number }} des Herstellers, der sich dieses Ticket angeschlossen hat, steht jetzt auf: {{ state }}."
        " Dieses Ticket bleibt, wie es ist."
    ),
    "task_gone": (
        "Die Aufgabe {{ number }} des Herstellers, der sich dieses Ticket angeschlossen hat, ist nicht mehr lesbar; solange steht hier nichts"
        " mehr von ihr. {{ reason }}"
    ),
    "task_moved": (
        "Der Hersteller hat die Aufgabe {{ lost }}, der sich dieses Ticket angeschlossen hat, mit {{ number }} zusammengeführt:"
        " Was folgt, betrifft diese."
    ),
    "task_left": "Von der Aufgabe {{ number }} des Herstellers steht hier nichts mehr. Was dort gesagt wurde, bleibt dort.",
    "roster": (
        "Diese Personen dürfen ab jetzt für den Kunden Fälle einreichen:\n{{ people or '- niemand' }}\n"
        "{% if new %}Neu darunter, oder mit neuen Angaben:\n{{ new }}\n{% endif %}"
        "{% if gone %}Nicht mehr darunter:\n{{ gone }}\n{% endif %}"
        "Diese Liste tritt an die Stelle jeder früheren. Bitte bestätigen Sie, dass Sie diese Personen kennen."
    ),
    "roster_waits": (
        "Wer Fälle einreichen darf, hat sich geändert, und der Hersteller weiß es nicht: Sein Fall {{ number }} ist beendet, und ein Text"
        " des Connectors würde ihn wieder öffnen. Bitte nennen Sie ein Ticket mit offenem Fall (`roster_ticket` in der Installation),"
        " oder öffnen Sie dieses wieder."
    ),
    "case_statement": "Erklärt von {{ who }}: {{ text }}",
    "case_asked": "Gefragt von {{ who }}: {{ text }}",
    "case_gaps": "Bei der Übergabe noch nicht vollständig, da es ein P1 ist:\n{{ missing }}",
}
