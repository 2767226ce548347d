resource "google_sql_database_instance" "record" {
  name                = "${var.prefix}-record"
  region              = var.region
  database_version    = "POSTGRES_15"
  deletion_protection = true

  settings {
    tier              = var.database_tier
    availability_type = "REGIONAL"

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
    }

    ip_configuration {
      ipv4_enabled = true
      ssl_mode     = "ENCRYPTED_ONLY"
    }
  }

  depends_on = [google_project_service.needed]
}

resource "google_sql_database" "record" {
  name     = "vividly"
  instance = google_sql_database_instance.record.name
}

resource "random_password" "record" {
  length  = 40
  special = false
}

resource "google_sql_user" "record" {
  name     = "vividly"
  instance = google_sql_database_instance.record.name
  password = random_password.record.result
}

locals {
  secrets = {
    database-url = join("", [
      "postgresql+psycopg2://vividly:", random_password.record.result, "@/vividly?host=/cloudsql/",
      google_sql_database_instance.record.connection_name,
    ])
    signing-key = random_password.signing.result
  }
  readers = merge([for name in keys(local.secrets) : {
    for account in ["console", "worker", "bridge", "task"] : "${name} ${account}" => { secret = name, account = account }
  }]...)
}

resource "random_password" "signing" {
  length  = 48
  special = false
}

resource "google_secret_manager_secret" "kept" {
  for_each  = local.secrets
  secret_id = "${var.prefix}-${each.key}"

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_version" "kept" {
  for_each    = local.secrets
  secret      = google_secret_manager_secret.kept[each.key].id
  secret_data = each.value
}

# How people sign in: the [auth] section of Streamlit's secrets.toml. Its first version is put there by hand (README).
resource "google_secret_manager_secret" "sign_in" {
  secret_id = "${var.prefix}-sign-in"

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_iam_member" "readers" {
  for_each  = local.readers
  secret_id = google_secret_manager_secret.kept[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.account[each.value.account]
}

resource "google_secret_manager_secret_iam_member" "sign_in" {
  secret_id = google_secret_manager_secret.sign_in.id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.account["console"]
}
