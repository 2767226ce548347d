"""Every table, imported together: whoever imports one has all of them, so no relationship is left without its class."""

from pipeline.tables.access import ApiToken, AuditEntry, TokenScope
from pipeline.tables.comparison import (
    Choice,
    ComparisonItemRow,
    ComparisonRow,
    ComparisonVariantRow,
    ComparisonVoteRow,
)
from pipeline.tables.corpora import CorpusChunkRow, CorpusModuleRow, CorpusVectorRow, CorpusVersionRow
from pipeline.tables.deployments import BaselineRow, DeployOrigin, DeployRow, RunbookRunRow, RunbookTickRow
from pipeline.tables.errors import (
    ErrorCellRow,
    ErrorChangeRow,
    ErrorGroupRow,
    ErrorKeyRow,
    ErrorOccurrenceRow,
    ErrorRequestRow,
    ErrorRuleRow,
    ErrorTraceRow,
    ErrorValueRow,
    GroupState,
    RuleVerdict,
)
from pipeline.tables.evaluation import EvaluationOutcomeRow, EvaluationRunRow, LabelRow
from pipeline.tables.experiments import (
    DatasetQuestionRow,
    ExperimentChargeRow,
    ExperimentItemRow,
    ExperimentJudgementRow,
    ExperimentQuestionRow,
    ExperimentRow,
    ExperimentVoteRow,
)
from pipeline.tables.flags import FeatureFlag, FlagOverride
from pipeline.tables.ledger import (
    BudgetPeriod,
    BudgetRow,
    CountedRow,
    CreditRow,
    Cube,
    RequestCell,
    Span,
    UsageCell,
    UsageKind,
)
from pipeline.tables.lessons import ReviewRow, ShelfRow
from pipeline.tables.library import Interest, Topic, topic_prerequisite
from pipeline.tables.logs import LogActivityRow, LogNoteRow, LogSeenRow, LogSourceRow, LogStateRow, LogWriterRow
from pipeline.tables.people import StudentProfile, User, UserRole, UserStatus, student_interest
from pipeline.tables.places import Class, Organization, OrganizationType, School, class_student
from pipeline.tables.prompts import (
    ExposureRow,
    MoveKind,
    PromotionRow,
    PromotionState,
    PromptMoveRow,
    PromptVersionRow,
    SplitRow,
)
from pipeline.tables.requests import ArtifactRow, QueueName, RequestRow, StageRunRow, UsageRow
from pipeline.tables.work import (
    BreakerRow,
    BreakerState,
    DeadLetterRow,
    DeadSource,
    EventKind,
    ProviderCallRow,
    RequestEventRow,
    StageResultRow,
    WorkerRow,
)

__all__ = [
    "ApiToken", "ArtifactRow", "AuditEntry", "BaselineRow", "BreakerRow", "BreakerState", "BudgetPeriod", "BudgetRow",
    "Choice", "Class", "ComparisonItemRow", "ComparisonRow", "ComparisonVariantRow", "ComparisonVoteRow",
    "CorpusChunkRow", "CorpusModuleRow", "CorpusVectorRow", "CorpusVersionRow", "CountedRow", "CreditRow", "Cube",
    "DatasetQuestionRow", "DeadLetterRow", "DeadSource", "DeployOrigin", "DeployRow", "ErrorCellRow",
    "ErrorChangeRow", "ErrorGroupRow", "ErrorKeyRow", "ErrorOccurrenceRow", "ErrorRequestRow", "ErrorRuleRow",
    "ErrorTraceRow", "ErrorValueRow", "EvaluationOutcomeRow", "EvaluationRunRow", "EventKind", "ExperimentChargeRow",
    "ExperimentItemRow", "ExperimentJudgementRow", "ExperimentQuestionRow", "ExperimentRow", "ExperimentVoteRow",
    "ExposureRow", "FeatureFlag", "FlagOverride", "GroupState", "Interest", "LabelRow", "LogActivityRow",
    "LogNoteRow", "LogSeenRow", "LogSourceRow", "LogStateRow", "LogWriterRow", "MoveKind", "Organization",
    "OrganizationType", "PromotionRow", "PromotionState", "PromptMoveRow", "PromptVersionRow", "ProviderCallRow",
    "QueueName", "RequestCell", "RequestEventRow", "RequestRow", "ReviewRow", "RuleVerdict", "RunbookRunRow",
    "RunbookTickRow", "School", "ShelfRow", "Span", "SplitRow", "StageResultRow", "StageRunRow", "StudentProfile",
    "TokenScope", "Topic", "UsageCell", "UsageKind", "UsageRow", "User", "UserRole", "UserStatus", "WorkerRow",
    "class_student", "student_interest", "topic_prerequisite",
]
