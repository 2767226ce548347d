"""The route that build machines call: a build was put into service. The same call again changes nothing."""

from pipeline.api.call import Call, Reply
from pipeline.api.models import DeployOut
from pipeline.api.problems import invalid
from pipeline.deployments import Deploy, moment
from pipeline.tables import DeployOrigin

FIELDS = ("build", "commit", "image", "service", "note")


def deploy(call: Call) -> Reply:
    """Record it: 201, or 200 where it was recorded before."""
    said = {name: _text(call, name) for name in FIELDS}
    if not said["build"].strip():
        raise invalid("build", "must not be empty.")
    told = Deploy.model_validate({**said, "at": moment("at", _text(call, "at")), "origin": DeployOrigin.API})
    new = call.parts.deployments.record(call.actor, told)
    return Reply(status=201 if new else 200, value=DeployOut(
        build=told.build, commit=told.commit, image=told.image, at=told.at, service=told.service, note=told.note, recorded=new,
        remark=call.parts.deployments.remark(told)))


def _text(call: Call, name: str) -> str:
    said = call.body.get(name, "")
    if not isinstance(said, str):
        raise invalid(name, "must be text.")
    return said
