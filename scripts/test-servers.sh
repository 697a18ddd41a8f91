#!/usr/bin/env bash
# Tests against real servers; installs the Debian packages that they need.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v prometheus >/dev/null || ! command -v promtool >/dev/null; then
  if ! command -v apt-get >/dev/null; then
    echo "prometheus and promtool are not on the PATH, and there is no apt-get to install them" >&2
    exit 1
  fi
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  # the package would start a server of its own, and there is no need of its recommendations
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends prometheus
fi

[ -d dist ] || npm run build
exec npx vitest run --config test/servers/vitest.config.ts "$@"
