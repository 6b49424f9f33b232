#!/bin/sh
# Install the browser and the checker of accessibility that tests/pages needs, or say why not.
set -eu
here=$(dirname "$0")
log=$(mktemp)
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update && apt-get install -y --no-install-recommends chromium chromium-driver; } \
            >"$log" 2>&1 || echo "test-pages: cannot install Chromium: $(tail -n 1 "$log")"
    else
        echo "test-pages: cannot install Chromium: it takes root and Debian's apt-get"
    fi
fi
if [ ! -f "$here/node_modules/axe-core/axe.min.js" ]; then
    if command -v npm >/dev/null; then
        npm install --prefix "$here" --no-save --no-package-lock axe-core@4 >"$log" 2>&1 ||
            echo "test-pages: cannot install axe-core: $(tail -n 1 "$log")"
    else
        echo "test-pages: cannot install axe-core: there is no npm"
    fi
fi
rm -f "$log"
