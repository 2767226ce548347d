output "console" {
  description = "Where the console is."
  value       = google_cloud_run_v2_service.console.uri
}

output "topic" {
  description = "Where requests are published."
  value       = google_pubsub_topic.requests.id
}

output "sign_in_secret" {
  description = "Where the [auth] section for signing in is put."
  value       = google_secret_manager_secret.sign_in.secret_id
}
