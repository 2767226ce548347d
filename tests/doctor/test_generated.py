"""Two hundred models: all are seen, all configure, and a fault among them is found."""

from pathlib import Path

from pipeline.doctor import Code, examine_models
from tests.doctor.generated import write_models

COUNT = 200


def test_two_hundred_models_and_the_one_fault_among_them(tmp_path: Path):
    package = write_models(tmp_path, COUNT)
    healthy = examine_models(package)
    assert healthy.findings == () and sum(model.ok for model in healthy.models) == COUNT == len(healthy.models)
    file = package / "model_77.py"
    file.write_text(file.read_text("utf-8").replace('Mapped["Model78"]', 'Mapped["Modle78"]'), "utf-8")
    (finding,) = examine_models(package).findings
    assert (finding.code, finding.model, finding.attribute) == (Code.MISSING_CLASS, "Model77", "next")
    assert "Model78" in finding.suggestion
