variable "project" {
  description = "Id of the Google project that everything stands in."
  type        = string
}

variable "region" {
  description = "Where it runs."
  type        = string
  default     = "us-central1"
}

variable "prefix" {
  description = "Beginning of every name."
  type        = string
  default     = "vividly"
}

variable "image" {
  description = "The image by digest, REGION-docker.pkg.dev/PROJECT/vividly/pipeline@sha256:…; deploy/cloudbuild.yaml changes it later."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image)) || startswith(var.image, "us-docker.pkg.dev/cloudrun/container/")
    error_message = "Give the image by digest: a tag can come to mean another image."
  }
}

variable "workers" {
  description = "How many workers make lessons."
  type        = number
  default     = 2
}

variable "limits" {
  description = "How often models may be asked over all workers, as VIVIDLY_LIMITS has it."
  type        = string
  default     = "gemini-3.5-flash-lite=300/1000000/16,en-US-Neural2-F=200/0/8"
}

variable "people" {
  description = "Who may open the console, as IAM members, for example group:content@example.org."
  type        = list(string)
  default     = []
}

variable "database_tier" {
  description = "Machine of the database."
  type        = string
  default     = "db-custom-1-3840"
}
