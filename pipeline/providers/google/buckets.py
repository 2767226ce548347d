"""Buckets of Cloud Storage: the client that asks them, and what to do where one is closed or not there."""

import os

from google.api_core.client_options import ClientOptions
from google.auth.credentials import Credentials
from google.cloud.storage import Client

from pipeline.providers.google.account import Account
from pipeline.providers.google.faults import Api

ROLE = "roles/storage.objectUser"
NO_LOOKING_ROUND = "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"
"""Else the client asks, beside the first calls, about the bucket itself, which whoever only keeps files there may not."""


def client_of(account: Account, credentials: Credentials | None) -> Client:
    """What asks for files."""
    os.environ.setdefault(NO_LOOKING_ROUND, "true")
    options = ClientOptions(api_endpoint=account.endpoint) if account.endpoint else None
    return Client(project=account.project, credentials=credentials, client_options=options)


def api_of(name: str, account: Account, setting: str) -> Api:
    """How faults of this bucket are told; `setting` names it."""
    return Api(
        title="Cloud Storage", service="storage.googleapis.com", role=ROLE,
        grant=f"gcloud storage buckets add-iam-policy-binding gs://{name}",
        absent=f"There is no bucket gs://{name}: run `gcloud storage buckets create gs://{name} --project {account.project} "
               f"--uniform-bucket-level-access --public-access-prevention`, or set {setting}.")
