locals {
  settings = {
    VIVIDLY_FAMILY        = "google"
    GOOGLE_CLOUD_PROJECT  = var.project
    GOOGLE_CLOUD_LOCATION = "global"
    VIVIDLY_LOG           = "stdout"
    VIVIDLY_LOG_PROJECT   = var.project
    VIVIDLY_LIMITS        = var.limits
    VIVIDLY_SUBSCRIPTION  = google_pubsub_subscription.requests.id
    VIVIDLY_ARTIFACTS     = "gs://${google_storage_bucket.lessons.name}/lessons"
  }
  hidden = {
    DATABASE_URL        = "database-url"
    VIVIDLY_SIGNING_KEY = "signing-key"
  }
  # What every program is told: a value, or the secret that holds it.
  env = merge(
    { for name, value in local.settings : name => { value = value, secret = null } },
    { for name, key in local.hidden : name => { value = null, secret = google_secret_manager_secret.kept[key].secret_id } },
  )
}

# The console with the API. People come in with their own Google account, and sign in by OIDC besides.
resource "google_cloud_run_v2_service" "console" {
  name                = "${var.prefix}-console"
  location            = var.region
  deletion_protection = false

  template {
    service_account                  = google_service_account.runs["console"].email
    session_affinity                 = true
    timeout                          = "3600s"
    max_instance_request_concurrency = 80

    scaling {
      min_instance_count = 1
      max_instance_count = 3
    }

    containers {
      image = var.image

      resources {
        limits            = { cpu = "2", memory = "2Gi" }
        startup_cpu_boost = true
      }

      ports {
        container_port = 8080
      }

      startup_probe {
        initial_delay_seconds = 5
        period_seconds        = 5
        failure_threshold     = 24

        http_get {
          path = "/_stcore/health"
        }
      }

      dynamic "env" {
        for_each = local.env
        content {
          name  = env.key
          value = env.value.value

          dynamic "value_source" {
            for_each = env.value.secret[*]
            content {
              secret_key_ref {
                secret  = value_source.value
                version = "latest"
              }
            }
          }
        }
      }

      volume_mounts {
        name       = "cloudsql"
        mount_path = "/cloudsql"
      }

      volume_mounts {
        name       = "sign-in"
        mount_path = "/home/vividly/.streamlit"
      }
    }

    volumes {
      name = "cloudsql"
      cloud_sql_instance {
        instances = [google_sql_database_instance.record.connection_name]
      }
    }

    volumes {
      name = "sign-in"
      secret {
        secret = google_secret_manager_secret.sign_in.secret_id
        items {
          version = "latest"
          path    = "secrets.toml"
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [template[0].containers[0].image, client, client_version]
  }

  depends_on = [google_secret_manager_secret_version.kept, google_secret_manager_secret_iam_member.readers]
}

# Workers make lessons, the bridge takes messages: neither listens to anybody.
locals {
  pools = {
    worker = { command = ["worker", "--concurrency", "4"], count = var.workers, cpu = "4", memory = "8Gi" }
    bridge = { command = ["bridge"], count = 1, cpu = "1", memory = "1Gi" }
  }
}

resource "google_cloud_run_v2_worker_pool" "pools" {
  for_each            = local.pools
  name                = "${var.prefix}-${each.key}"
  location            = var.region
  deletion_protection = false

  scaling {
    scaling_mode          = "MANUAL"
    manual_instance_count = each.value.count
  }

  template {
    service_account = google_service_account.runs[each.key].email

    containers {
      image   = var.image
      command = ["python", "-m", "pipeline"]
      args    = each.value.command

      resources {
        limits = { cpu = each.value.cpu, memory = each.value.memory }
      }

      dynamic "env" {
        for_each = local.env
        content {
          name  = env.key
          value = env.value.value

          dynamic "value_source" {
            for_each = env.value.secret[*]
            content {
              secret_key_ref {
                secret  = value_source.value
                version = "latest"
              }
            }
          }
        }
      }

      volume_mounts {
        name       = "cloudsql"
        mount_path = "/cloudsql"
      }
    }

    volumes {
      name = "cloudsql"
      cloud_sql_instance {
        instances = [google_sql_database_instance.record.connection_name]
      }
    }
  }

  lifecycle {
    ignore_changes = [template[0].containers[0].image, client, client_version]
  }

  depends_on = [google_secret_manager_secret_version.kept, google_secret_manager_secret_iam_member.readers]
}

# Migrations, `deploy record`, and any other command: its arguments are given at each execution.
resource "google_cloud_run_v2_job" "task" {
  name                = "${var.prefix}-task"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.runs["task"].email
      timeout         = "1800s"
      max_retries     = 0

      containers {
        image   = var.image
        command = ["python"]
        args    = ["-m", "pipeline", "database", "status"]

        resources {
          limits = { cpu = "1", memory = "1Gi" }
        }

        dynamic "env" {
          for_each = local.env
          content {
            name  = env.key
            value = env.value.value

            dynamic "value_source" {
              for_each = env.value.secret[*]
              content {
                secret_key_ref {
                  secret  = value_source.value
                  version = "latest"
                }
              }
            }
          }
        }

        volume_mounts {
          name       = "cloudsql"
          mount_path = "/cloudsql"
        }
      }

      volumes {
        name = "cloudsql"
        cloud_sql_instance {
          instances = [google_sql_database_instance.record.connection_name]
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [template[0].template[0].containers[0].image, template[0].template[0].containers[0].args, client, client_version]
  }

  depends_on = [google_secret_manager_secret_version.kept, google_secret_manager_secret_iam_member.readers]
}
