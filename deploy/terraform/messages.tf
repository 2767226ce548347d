# Requests that come as messages; what cannot be delivered is kept apart and not lost.
resource "google_pubsub_topic" "requests" {
  name       = "${var.prefix}-requests"
  depends_on = [google_project_service.needed]
}

resource "google_pubsub_topic" "dead" {
  name       = "${var.prefix}-requests-dead"
  depends_on = [google_project_service.needed]
}

resource "google_pubsub_subscription" "requests" {
  name                 = "${var.prefix}-requests"
  topic                = google_pubsub_topic.requests.id
  ack_deadline_seconds = 60

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead.id
    max_delivery_attempts = 10
  }

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_subscription" "dead" {
  name                       = "${var.prefix}-requests-dead"
  topic                      = google_pubsub_topic.dead.id
  message_retention_duration = "1209600s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_subscription_iam_member" "bridge" {
  subscription = google_pubsub_subscription.requests.name
  role         = "roles/pubsub.subscriber"
  member       = local.account["bridge"]
}

# Pub/Sub itself moves what cannot be delivered.
data "google_project" "this" {
  project_id = var.project
}

locals {
  pubsub = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "dead" {
  topic  = google_pubsub_topic.dead.name
  role   = "roles/pubsub.publisher"
  member = local.pubsub
}

resource "google_pubsub_subscription_iam_member" "dead" {
  subscription = google_pubsub_subscription.requests.name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub
}
