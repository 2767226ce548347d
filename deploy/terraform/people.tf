# One account for each program, and each may do what that program does and nothing else.
resource "google_service_account" "runs" {
  for_each     = toset(["console", "worker", "bridge", "task", "build"])
  account_id   = "${var.prefix}-${each.value}"
  display_name = "Vividly ${each.value}"
}

locals {
  account = { for name, account in google_service_account.runs : name => "serviceAccount:${account.email}" }
  rights = {
    console = ["roles/cloudsql.client", "roles/logging.viewer", "roles/logging.logWriter"]
    worker  = ["roles/cloudsql.client", "roles/aiplatform.user", "roles/serviceusage.serviceUsageConsumer", "roles/logging.logWriter"]
    bridge  = ["roles/cloudsql.client", "roles/logging.logWriter"]
    task    = ["roles/cloudsql.client", "roles/logging.viewer", "roles/logging.logWriter"]
    build   = ["roles/run.developer", "roles/artifactregistry.writer", "roles/logging.logWriter", "roles/storage.objectViewer"]
  }
  granted = merge([for name, roles in local.rights : { for role in roles : "${name} ${role}" => { name = name, role = role } }]...)
}

resource "google_project_iam_member" "granted" {
  for_each = local.granted
  project  = var.project
  role     = each.value.role
  member   = local.account[each.value.name]
}

# A build puts images into service as these accounts.
resource "google_service_account_iam_member" "build_acts" {
  for_each           = { for name, account in google_service_account.runs : name => account if name != "build" }
  service_account_id = each.value.name
  role               = "roles/iam.serviceAccountUser"
  member             = local.account["build"]
}

# Links to lessons' files are signed as the console, without a key that somebody could take along.
resource "google_service_account_iam_member" "console_signs" {
  service_account_id = google_service_account.runs["console"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.account["console"]
}

resource "google_storage_bucket_iam_member" "lessons" {
  for_each = { console = "roles/storage.objectViewer", worker = "roles/storage.objectUser" }
  bucket   = google_storage_bucket.lessons.name
  role     = each.value
  member   = local.account[each.key]
}

resource "google_cloud_run_v2_service_iam_member" "people" {
  for_each = toset(var.people)
  name     = google_cloud_run_v2_service.console.name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.value
}
