# The browser for the browser tests: finds or installs Chromium, its driver, a Chinese font and axe-core,
# and runs one chromedriver on a free port of this machine. Source lib/common.sh first.
# shellcheck shell=bash

BROWSER_PID=''

# browser_start DIR — sets and exports MINSHENG_TEST_WEBDRIVER, MINSHENG_TEST_CHROME and MINSHENG_TEST_AXE.
browser_start() {
  local log=$1/chromedriver.log port
  browser_find || { ensure_packages chromium chromium-driver && browser_find; } \
    || die "no Chromium with its driver: install them, or run ops/test --fast"
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

browser_find() {
  CHROMEDRIVER=$(command -v chromedriver || command -v chromium.chromedriver) || return 1
  MINSHENG_TEST_CHROME=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || return 1
  export MINSHENG_TEST_CHROME
}

browser_stop() {
  if [ -n "$BROWSER_PID" ]; then stop_pid "$BROWSER_PID" 5; BROWSER_PID=''; fi
}
