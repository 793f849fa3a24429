"""The five documents as a person read them: their rows and, line by line, where each clause stands in the model.

Written from the documents, never from the models. A line of a document is named by a few of its words; what stands after the
bar are the names of the items that encode it (see ``named.py``). Nothing after the bar: a heading, or a line that says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


@dataclass(frozen=True)
class Document:
    number: str
    model: str
    columns: tuple[str, ...]  # parties in the order of `rows`
    rows: str  # id | letters by column, "-" for an empty cell
    lines: str

    def cells(self) -> dict[str, tuple[str, ...]]:
        """Letters by row, in the order of the columns."""
        split = [[part.strip() for part in line.split("|")] for line in self.rows.strip().splitlines()]
        return {name: tuple("" if cell == "-" else cell for cell in cells) for name, *cells in split}

    def clauses(self) -> list[tuple[str, tuple[str, ...]]]:
        """Some words of a line, with the names of the items that encode it."""
        split = [line.partition("|") for line in self.lines.strip().splitlines()]
        return [(words.strip(), tuple(names.split())) for words, _, names in split]

    def text(self) -> str | None:
        """The document itself, where it is at hand."""
        found = sorted(SEEDS.glob(f"{self.number}_*.txt"))
        return found[0].read_text(encoding="utf-8") if found else None


ROWS_OF_BOTH_EDITIONS = """
prime-contact    | -     | A,R   | -
submitting       | -     | A,R   | -
l2-3-support     | A,R   | S,C,I | -
rca-vendor-cause | A,R   | S,C,I | -
rca-other-cause  | S,C,I | A,R   | -
change-request   | C,S   | A,R   | C,I
trained-staff    | C,S   | A,R   | -
training         | A,R   | S,I   | -
provide-tenant   | A,R   | I     | -
configure-tenant | C     | A,R   | C,I
interfacing      | R,S   | A,R   | -
connections      | S,C   | A,R   | -
entry-points     | A,R   | S     | -
monitoring       | A,R   | I     | -
"""

ROWS_ON_PREMISES = """
infrastructure   | C     | A,R   | -
installation     | A,R   | S     | -
upgrades         | C     | A,R   | -
new-versions     | A,R   | S     | -
"""

VENDOR_OF_BOTH_EDITIONS = """
Responsible for providing the Anywhere365 application | clauses.application-as-documented clauses.beyond-documentation clauses.hosting-platform
Level 2/3 support including 24x7 | clauses.premium-plus-hours levels.L2 levels.L3
after Priority 1 incidents solely caused | rca.vendor_component
Training of Customers | clauses.vendor-training tasks.training
Portal to log and track cases | clauses.portal
On-line documentation | clauses.documentation
Anywhere365 Dialogue Cloud specific | clauses.vendor-cloud-heading
On-premises specific |
Initial deployment of Anywhere365 | clauses.on-premises-deployment
Publish new versions | clauses.on-premises-versions
"""

CUSTOMER_OF_BOTH_EDITIONS = """
Operating the Anywhere365 application with | clauses.customer-operates systems.tenant systems.sbc systems.entry-point-interfacing
Helpdesk offering L1 support | clauses.customer-helpdesk levels.L1
Skilled staff for Anywhere365 Level 1 | clauses.two-persons roles.trained-l1
Providing the e-mail address and phone | clauses.roster roles.trained-l1
Submitting cases, which have been validated | clauses.validated-cases evidence.L1-L2.attribution
If Premium Plus support has been purchased | p1_call.must p1_call.none
incidents due to causes other than | rca.other
Support the resolution of the case | clauses.timely-support
Provide {vendor} Level 2/3 support engineers access | clauses.access
Configuration and functional management | clauses.configuration{backup}
Infrastructure on which Anywhere365 is running | clauses.on-premises-infrastructure
Upgrades to assure Anywhere365 is supported | clauses.on-premises-upgrades
"""

SYSTEMS_AND_FLOW = """
Systems overview sample |
Anywhere365 back-end | systems.back-end
Office365 / Azure tenant | systems.tenant
SBC (with Trunk attached) | systems.sbc
trained Level-1 support staff of the customers logs | flow.flow-submit roles.trained-l1 evidence.L1-L2.details evidence.L1-L2.information
L2/L3 support operations engineers handle | flow.flow-handle roles.l2-l3-engineer
Trained staff of the customer handles internal communication | flow.flow-close speaks.customer.L1 roles.trained-l1
"""

TABLE_OF_BOTH_EDITIONS = """
RASCI table |
Task & Involved party |
Prime contact for end-users | tasks.prime-contact speaks.customer.L1
Submitting case to | tasks.submitting
L2-3 Support | tasks.l2-3-support levels.L2 levels.L3
P1 incidents caused by Anywhere365 | tasks.rca-vendor-cause
P1 incidents with other causes | tasks.rca-other-cause
Change request from end-user | tasks.change-request
Trained staff to support end-users | tasks.trained-staff
Providing Anywhere365 training | tasks.training
Dialogue Cloud deployment specific |
Provide the Anywhere365 tenant | tasks.provide-tenant
Configuring the Anywhere365 tenant | tasks.configure-tenant
Troubleshooting interfacing | tasks.interfacing
Connections into Anywhere365 tenant | tasks.connections
Entry points of Anywhere365 tenant | tasks.entry-points
Monitoring and maintenance of Anywhere365 | tasks.monitoring
R: Responsible | legend.R
A: Accountable | legend.A
S: Support | legend.S
C: Consulted | legend.C
I: Informed | legend.I
"""

ANYWHERE365_WSP = Document(
    "000",
    "anywhere365-wsp",
    ("vendor", "customer", "end_user"),
    ROWS_OF_BOTH_EDITIONS + ROWS_ON_PREMISES.lstrip(),
    """
RASCI Customer - Anywhere365 for Operation Support |
Introduction |
This document details the way of working |
Responsibility summary |
Workstreampeople |
Customer |
Anywhere365 |
Customer Anywhere365 support |
End-users of Anywhere365 |
"""
    + VENDOR_OF_BOTH_EDITIONS.lstrip()
    + CUSTOMER_OF_BOTH_EDITIONS.format(vendor="WSP", backup="").lstrip()
    + TABLE_OF_BOTH_EDITIONS.lstrip()
    + """
On-premises deployment specific |
Infrastructure on which Anywhere365 is running | tasks.infrastructure
Initial installation of Anywhere365 | tasks.installation
Upgrades to assure Anywhere365 is supported | tasks.upgrades
New versions and maintenance updates (via | tasks.new-versions
""".lstrip()
    + SYSTEMS_AND_FLOW.lstrip()
    + """
Managed by Anywhere365 | systems.back-end
Managed by customer | systems.tenant systems.sbc
Flow |
Summary |
""".lstrip(),
)

DIALOGUE_CLOUD = Document(
    "002",
    "anywhere365-dialogue-cloud",
    ("vendor", "customer", "end_user"),
    ROWS_OF_BOTH_EDITIONS,
    """
Dialogue Cloud |
RASCI Customer - Anywhere365 for Operational Support |
This document will serve to clarify |
Anywhere365 Responsibility Summary |
Customer's Responsibility Summary |
"""
    + VENDOR_OF_BOTH_EDITIONS.lstrip()
    + CUSTOMER_OF_BOTH_EDITIONS.format(vendor="Anywhere365", backup=" clauses.configuration-backup").lstrip()
    + TABLE_OF_BOTH_EDITIONS.lstrip()
    + SYSTEMS_AND_FLOW.lstrip(),
)

IMPLEMENTATION = Document(
    "001",
    "anywherenow-implementation",
    ("vendor", "customer", "end_user"),
    """
prime-contact    | -   | A,R | -
submitting       | -   | A,R | -
l2-3-support     | A,R | S   | -
rca-other-cause  | -   | A,R | -
rca-vendor-cause | A,R | S   | -
trained-staff    | -   | A,R | -
configuration    | -   | A,R | -
office-tenant    | -   | A,R | -
connections      | -   | A,R | -
entry-points     | -   | A,R | -
back-end         | A,R | -   | -
timely-support   | -   | A,R | -
access           | -   | A,R | -
implementation   | A,R | -   | -
""",
    """
RASCI Customer - AnywhereNow for Operational Support |
This document will serve to clarify |
Operating Model 2: AnywhereNow provides implementation | clauses.implementation-heading tasks.implementation
Enterprise responsibilities when AnywhereNow is the first contact | clauses.first-contact
Operating the AnywhereNow application with | clauses.operating clauses.operating-systems tasks.trained-staff tasks.office-tenant tasks.connections tasks.entry-points systems.entry-point-interfacing
Helpdesk offering L1 support | clauses.helpdesk levels.L1
Skilled staff for AnywhereNow Level 1 | clauses.two-persons tasks.trained-staff roles.trained-l1
Providing the e-mail address and phone | clauses.roster roles.trained-l1
Submitting cases, which have been validated | clauses.validated-cases evidence.L1-L2.attribution tasks.submitting
Submitting a Priority 1 case using the Portal and if needed | clauses.p1-by-portal p1_call.if_needed
incidents due to causes other than | rca.other tasks.rca-other-cause
Support the resolution of the case | tasks.timely-support
Provide AnywhereNow Level 2/3 support engineers access | tasks.access
Configuration and functional management | tasks.configuration
RASCI table | clauses.rasci-heading
Systems overview sample |
AnywhereNow back-end: Managed by AnywhereNow | systems.back-end tasks.back-end
Microsoft 365 / Azure tenant: Managed by customer | systems.tenant tasks.office-tenant
SBC (including attached trunk): Managed by customer | systems.sbc tasks.connections
Flow |
Summary |
trained Level-1 support staff of the customers logs | flow.flow-submit evidence.L1-L2.details evidence.L1-L2.information
L2/L3 support operations engineers handle | flow.flow-handle tasks.l2-3-support levels.L2 levels.L3 roles.l2-l3-engineer
Trained staff of the customer handles internal communication | flow.flow-close tasks.prime-contact speaks.customer.L1
""",
)

PARTNER_ON_PREMISES = Document(
    "003",
    "anywhere365-partner-on-premises",
    ("vendor", "partner", "end_user"),
    """
prime-contact              | -   | A,R | -
submitting                 | -   | A,R | -
l3-support                 | A,R | S   | -
l1-support                 | -   | A,R | -
l2-support                 | -   | A,R | -
configuration              | -   | A,R | -
supporting-technology      | -   | A,R | -
other-causes               | -   | A,R | -
defects                    | A,R | -   | -
application-infrastructure | A,R | -   | -
server-configuration       | A,R | -   | -
""",
    """
On Premises |
Definitions of L1, L2 and L3 Support Services |
The following describes the Support Services | clauses.agreement clauses.partner-service-level
Level 1 Support |
Triage, handle all incidents or requests | tasks.l1-support tasks.prime-contact speaks.partner.L1 levels.L1 roles.service-desk clauses.complete-information flow.elevate-l2
If cause is due to user error |
Provide quick fix for standard issues | flow.user-error
If cause is due to application issue |
Analyze issue to determine if this is potentially | flow.analyse evidence.L1-L2.attribution
to ensure level 2 can continue the investigation | flow.elevate-l2
Can the issue be reproduced | evidence.L1-L2.reproducible
Who, what, when, where, how | evidence.L1-L2.who-what-when
Accompanying proof | evidence.L1-L2.proof
Impact of the issue | evidence.L1-L2.impact
Urgency | evidence.L1-L2.urgency
Platform element | evidence.L1-L2.platform-element
Action taken, expected result, actual result | evidence.L1-L2.expected-actual
Checks done | evidence.L1-L2.checks
Level 2 Support |
Once elevated by Level 1 Support | tasks.l2-support levels.L2 roles.certified-l2 clauses.certified-engineers clauses.exclude-components flow.resolve-l2 tasks.configuration tasks.supporting-technology
Confirm scenario is indeed an issue | evidence.L2-L3.replicated
Confirm configuration is correct | evidence.L2-L3.configuration-correct
Rule out any other potential cause | evidence.L2-L3.other-causes tasks.other-causes
Analyze logs and analyze potential cause | evidence.L2-L3.potential-cause
Take appropriate actions to resolve the issue | evidence.L2-L3.actions flow.resolve-l2
to ensure level 3 can continue the investigation | evidence.L2-L3.description
Level 3 Support |
All other incidents or requests that cannot be resolved | flow.elevate-l3 levels.L3 tasks.submitting tasks.l3-support tasks.defects tasks.application-infrastructure tasks.server-configuration
""",
)

WORKCUBE = Document(
    "004",
    "workcube",
    ("vendor", "partner", "customer", "end_user"),
    """
prime-contact         | -   | A,R | R   | -
submitting            | -   | A,R | -   | -
l3-support            | A,R | S,I | I   | -
l1-support            | -   | -   | A,R | -
l1-support-by-partner | -   | A,R | -   | -
information           | -   | A,R | -   | -
fault-or-wish         | -   | A,R | -   | -
upgrade               | -   | S   | A,R | -
system-layers         | -   | -   | A,R | -
certified-staff       | -   | A,R | -   | -
measuring-partners    | A,R | -   | -   | -
""",
    """
Projekte am Leben erhalten, Support-Services und SLA |
unterstützt benutzerunternehmen unter Bezugnahme auf universelle Standards | clauses.standards
ITIL - standards bieten Unterstützung mit SLA | clauses.standards
Sowohl die Unternehmen als auch die autorisierten | clauses.keep-standards tasks.certified-staff
Die Verantwortlichkeiten der Support-Dienstleister | clauses.levels-follow
Power Benutzer, DDU und Support-Spezialist | levels.L1 roles.company-l1
werden die Probleme und Anforderungen von den internen | flow.solve-l1 tasks.l1-support speaks.customer.L1 levels.L1
Probleme werden kategorisiert, priorisiert, überwacht | flow.prioritise
gemeldete Anfragen werden weiter geleitet | flow.forward-l2
Unsere Geschäftspartner bieten auch First-Level-Support | tasks.l1-support-by-partner speaks.partner.L1 roles.partner-l1 levels.L1
Das unten gezeigte Verfahren muss befolgt werden | clauses.procedure-first
Zu beachtende Regeln bei einer Level-1 | clauses.procedure-first evidence.L1-L2.version evidence.L1-L2.page-object evidence.L1-L2.customised evidence.L1-L2.problem
per Remote-Bildschirmfreigabe gemäß den DSGVO-Regeln | clauses.screen-sharing
Durch Befolgen der Nutzungspraxis | clauses.by-practice
L2 - Level-2 Support: WorkDesk-Experte | levels.L2 roles.workdesk-expert
Unsere Geschäftspartner sind Level-2 Support-Experten | clauses.understand-and-advise
Diese Personen fungieren als eine Art Dolmetscher | clauses.interpreter
befolgen unsere Partner die dokumentierten Prozesse | clauses.documented-processes
Wenn ein eingehende Anruf als Anfrage nach Informationen | flow.search-library tasks.information
mit einer benutzerspezifischen Erklärung an den Benutzer gesendet | flow.search-library speaks.partner.L2 tasks.prime-contact
Andernfalls wird eine benutzerspezifische Erklärung | flow.write-explanation
Fehler gemeldet oder Verbesserungswünsche | tasks.fault-or-wish
erstellt einen Testfall gemäß der Nutzungspraxis | flow.test-user-system evidence.L2-L3.test-user-system
Wenn die Freigabe fehlerfrei ist | flow.advise-upgrade tasks.upgrade roles.administrator
derselbe Testfall wird in der QA-Umgebung | flow.test-qa evidence.L2-L3.test-qa
dass der Fehler behoben wurde und mit einer neuen Version | flow.fixed-in-next-version
wendet den gleichen Testfall in der Entwicklungsumgebung | flow.test-development evidence.L2-L3.test-development
unabhängig davon ob es sich um einen Fehler handelt | flow.compare-work
Es wird auch geprüft ob ähnliche Arbeiten im Gange sind | flow.compare-work
die geöffnete Aufgabezuweisung wird mit den eigenen Ergebnissen verglichen | flow.compare-work
Zusätzliche Befunde und Anregungen, Warnungen oder Fragen | flow.join
ordnet die bereits laufende Aufgabe der Aufgabenliste | flow.join
wird ein neuer Aufgabedatensatz geöffnet | flow.new-task tasks.submitting
unterstützende Beweise hinzufügen | flow.describe-task evidence.L2-L3.proof
Verwandte Seite | evidence.L2-L3.related-page
URL der Seite, auf der der Fehler | evidence.L2-L3.related-page
Probleme und Erkenntnisse | evidence.L2-L3.findings
Das Problem oder die Ergebnisse werden in nummerierten | evidence.L2-L3.findings
Wünsche und Empfehlungen | evidence.L2-L3.wishes
Wünsche und Empfehlungen werden in kurzen Sätzen | evidence.L2-L3.wishes
Ergebnis | evidence.L2-L3.result
Wird als Bestanden / Durchgefallen | evidence.L2-L3.result
Loom-Videos oder Bildschirmfotos | evidence.L2-L3.recording
Mockups können vorbereitet werden | evidence.L2-L3.mock-up
Geschäfts-Analytiker | levels.L3 roles.l3-expert
Schlüssel-Benutzern an das Call-Center | flow.check-tasks tasks.l3-support roles.key-user
Die Probleme werden klassifiziert | flow.classify
gemeinsam mit Level-1 und Level-2 verfolgt | flow.follow-jointly tasks.l3-support
Entwicklungs-, QA-, Beta- und Release-Umgebungen | flow.deliver
System- und Infrastrukturspezialisten | levels.L4
Workcube funktioniert ordnungsgemäß, wenn das Betriebssystem | clauses.layers tasks.system-layers flow.level-4
Faktoren wie wachsende Datenbanken | clauses.layers
meist auf Kundenservern | clauses.on-customer-servers
SQL-Performance, Normalisierung, Caching | clauses.data-volume
Sicherheit, Skalierung und Backup | clauses.level-4-services
muss der richtige Service in Anspruch genommen werden | clauses.right-service
regelmäßig von Workcube gemessen | clauses.measured tasks.measuring-partners
Jedes Level erfordert separates Fachwissen | clauses.certificate-per-level tasks.certified-staff
Arbeiten Sie mit zertifizierten Support-Spezialisten | clauses.approved-specialists
""",
)

DOCUMENTS = (ANYWHERE365_WSP, IMPLEMENTATION, DIALOGUE_CLOUD, PARTNER_ON_PREMISES, WORKCUBE)
