#!/usr/bin/env bash
# Makes sure that the browser tests find Chromium: Debian's package, installed when this is root on Debian or Ubuntu.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests …"
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
  echo "There is no Chromium: the browser tests will be skipped. Install it (Debian: apt install chromium) to run them."
fi
