"""What running told, judged beside what reading told: a failure that follows from a fault on the list is not told again."""

import ast
import re
from dataclasses import dataclass

from pipeline.doctor.findings import Code, Severity
from pipeline.doctor.keys import Keys
from pipeline.doctor.links import Link, State
from pipeline.doctor.reverse import Sides
from pipeline.doctor.running import News, Outcome
from pipeline.doctor.schema import Model, Schema
from pipeline.doctor.scope import Scope
from pipeline.doctor.words import STOPS, Report, listed

CODES = {
    "NoForeignKeysError": Code.MISSING_FOREIGN_KEY, "AmbiguousForeignKeysError": Code.AMBIGUOUS_FOREIGN_KEYS,
    "NoReferencedTableError": Code.MISSING_TABLE_REFERENCE, "NoReferencedColumnError": Code.MISSING_TABLE_REFERENCE,
}
PHRASES = (
    ("failed to locate a name", Code.MISSING_CLASS), ("Multiple classes found", Code.NAME_CLASH),
    ("Error creating backref", Code.NAME_CLASH), ("reverse_property", Code.BACK_POPULATES),
    ("back_populates", Code.BACK_POPULATES), ("both of the same direction", Code.BACK_POPULATES),
    ("foreign key columns", Code.MISSING_FOREIGN_KEY), ("argument for", Code.MAPPER_FAILS),
)
SPOILS_IMPORT = (Code.NAME_CLASH, Code.TWO_CLASSES_ONE_TABLE, Code.BAD_FOREIGN_KEYS, Code.IMPORT_FAILS)
UNLOCATED = re.compile(r"failed to locate a name \('([\w.]+)'\)")


@dataclass(kw_only=True)
class Verdict:
    """The judgement over one outcome."""

    schema: Schema
    links: list[Link]
    sides: Sides
    keys: Keys
    report: Report
    outcome: Outcome

    def __post_init__(self) -> None:
        self.scopes = {str(s.source.file): s for s in self.schema.library.scopes.values()}
        self.broken_files = {news["file"] for news in [*self.outcome.failed, *self.outcome.died]}
        self.registered = {(news["file"], news["model"]) for news in self.outcome.mappers}

    def judge(self) -> None:
        """Add to the report what reading did not find."""
        for news in self.outcome.died:
            self._died(news)
        absent: dict[str, list[News]] = {}
        for news in self.outcome.failed:
            if news["missing"] and not news["follows"]:
                absent.setdefault(news["missing"], []).append(news)
            elif not news["follows"]:
                self._failed(news)
        for package, files in absent.items():
            self._absent(package, files)
        for news in self.outcome.offenders:
            self._offender(news)
        if not any(finding.severity is Severity.ERROR for finding in self.report.findings):
            for news in self.outcome.failed:
                self._failed(news)

    def _shown(self, file: str) -> str:
        return self.scopes[file].source.shown if file in self.scopes else file

    def _died(self, news: News) -> None:
        if "label" in news:
            self.report.add(Code.MAPPER_FAILS, f"Configuring the mappers {news['how']} at {news['label']}. {STOPS}",
                            "Look at what this relationship, or a hook on mapper configuration, calls.",
                            file=self._shown(news["file"]), line=self._line(news), model=news["model"],
                            attribute=news["attribute"])
            return
        self.report.add(Code.IMPORT_FAILS, f"Importing the file {news['how']}, and so does every program that imports it.",
                        "Move what it does at import into a function, or behind `if __name__ == \"__main__\":`.",
                        file=self._shown(news["file"]), line=1)

    def _failed(self, news: News) -> None:
        scope = self.scopes.get(news["file"])
        if scope and (scope.source.fault or self._is_told(scope, news)):
            return
        self.report.add(Code.IMPORT_FAILS,
                        f"Importing the file fails: {news['kind']}: {news['message']} Its models are missing from then on.",
                        "Mend this line; the other files were examined without it.",
                        file=self._shown(news["file"]), line=news["line"])

    def _absent(self, package: str, files: list[News]) -> None:
        first, *others = files
        also = f" So do {listed(self._shown(news['file']) for news in others)}." if others else ""
        self.report.add(Code.IMPORT_FAILS,
                        f"Importing the file fails: there is no module {package}.{also} Its models are missing from then on.",
                        f"Install {package.split('.')[0]}, or correct the import.",
                        file=self._shown(first["file"]), line=first["line"])

    def _is_told(self, scope: Scope, news: News) -> bool:
        """Whether the failing statement has a finding that makes an import fail, or its table is declared twice."""
        spoiling = [f for f in self.report.findings if f.code in SPOILS_IMPORT]
        twice = re.search(r"Table '([\w.]+)' is already defined", news["message"])
        if twice and any(f.code is Code.TWO_CLASSES_ONE_TABLE and f"'{twice[1]}'" in f.message for f in spoiling):
            return True
        around = next((node for node in ast.walk(scope.source.tree) if isinstance(node, ast.ClassDef)
                       and node.lineno <= news["line"] <= (node.end_lineno or node.lineno)), None)
        return around is not None and any(
            f.file == scope.source.shown and around.lineno <= f.line <= (around.end_lineno or 0) for f in spoiling
        )

    def _offender(self, news: News) -> None:
        model = self._model(news)
        link = self.sides.of(model, news["attribute"]) if model else None
        if self.report.holds(news["model"], news["attribute"]) or (link and self.report.marks(link)):
            return
        if (link and self._follows(link)) or self._names_told(news, model):
            return
        code = CODES.get(news["kind"]) or next((c for phrase, c in PHRASES if phrase in news["message"]), Code.MAPPER_FAILS)
        self.report.add(code, f"{news['model']}.{news['attribute']}: {news['message']} {STOPS}",
                        "Change what the message names, or remove the attribute until it can be configured.",
                        file=self._shown(link.model.shown if link else news["file"]), line=self._line(news),
                        model=news["model"], attribute=news["attribute"])

    def _follows(self, link: Link) -> bool:
        """Whether the fault lies with the target, the other side, or a foreign key between the two."""
        if link.state in (State.MISSING, State.SEVERAL, State.OTHER_BASE) or link.name in self.schema.claimed:
            return True
        if link.target and not self._is_registered(link.target):
            return True
        back = self.sides.back(link)
        others = [other for other in self.links if other is back or self.sides.back(other) is link or (
            link.target and other.target is link.model and other.model.table is link.target.table)]
        if any(self.report.marks(other) for other in others):
            return True
        return link.target is not None and self.keys.may_join(link.model.tables, link.target.tables)

    def _names_told(self, news: News, model: Model | None) -> bool:
        """Whether the message speaks of a class or table that is missing for a reason on the list."""
        if any(f"'{claim}'" in news["message"] for claim in self.schema.claimed):
            return True
        if name := UNLOCATED.search(news["message"]):
            return not self.report.first("missing", model.registry if model else "", name[1]) or any(
                not self._is_registered(other) for other in self.schema.named(name[1])
            )
        if news["kind"] in ("NoReferencedTableError", "NoReferencedColumnError"):
            return any(f"'{foreign.target}'" in news["message"] or f"'{foreign.target}." in news["message"]
                       for _, foreign, _ in self.keys.broken) or any(
                f"'{other.table.key}'" in news["message"] and not self._is_registered(other) for other in self.schema.models)
        return False

    def _is_registered(self, model: Model) -> bool:
        return (str(model.declared.scope.source.file), model.name) in self.registered

    def _model(self, news: News) -> Model | None:
        return next((m for m in self.schema.models
                     if m.name == news["model"] and str(m.declared.scope.source.file) == news["file"]), None)

    def _line(self, news: News) -> int:
        model = self._model(news)
        if model is None:
            return 1
        member = model.members.get(news["attribute"])
        return member.line if member else model.line
