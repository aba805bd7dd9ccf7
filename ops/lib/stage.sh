# The stage for measurements: a private MariaDB with full durability, a portal with the district's data and
# tokens for its API, all in a temporary folder. Source lib/common.sh and lib/db.sh first. After stage_set these
# are set: WORK SERVER (process) ADDRESS (host:port) MINSHENG_DATABASE_URL TOKENS (a file), and LOAD, the load tool.
# shellcheck shell=bash

WORK='' SERVER='' SEEDED=''
# What the database is filled with besides the district's data: flags of `minsheng seed`.
STAGE_SEED=()

# stage_build — the portal and the load tool, copied out so that another build cannot change them meanwhile.
stage_build() {
  local built
  ensure_rust
  say "building"
  built=$(cd "$ROOT" && cargo build --release --locked --bin minsheng --bench load \
    --message-format=json-render-diagnostics | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/minsheng-stage.XXXXXX")
  MINSHENG_BIN=$WORK/minsheng LOAD=$WORK/load
  cp "$(grep '/minsheng$' <<<"$built" | tail -n 1)" "$MINSHENG_BIN"
  cp "$(grep '/load-[0-9a-f]*$' <<<"$built" | tail -n 1)" "$LOAD"
}

# stage_set TOKENS — sets everything up, up to a portal that answers.
stage_set() {
  local name ops_port
  for name in ${!MINSHENG_@}; do [ "$name" = MINSHENG_BIN ] || unset "$name"; done
  db_start mariadb "$WORK/db" safe
  db_sql 'CREATE DATABASE minsheng CHARACTER SET utf8mb4'
  MINSHENG_DATABASE_URL=$(db_url minsheng)
  ADDRESS=127.0.0.1:$(free_port)
  ops_port=$(free_port)
  export MINSHENG_DATABASE_URL MINSHENG_LISTEN=$ADDRESS MINSHENG_OPS_LISTEN=127.0.0.1:$ops_port \
    MINSHENG_PUBLIC_URL=http://$ADDRESS MINSHENG_TRUSTED_PROXIES=127.0.0.1 MINSHENG_GLOBAL_PER_SECOND=0 \
    MINSHENG_KEYS_DIR=$WORK/keys MINSHENG_EVIDENCE_DIR=$WORK/evidence MINSHENG_LOG=warn
  mkdir -m 700 "$WORK/keys"
  SECONDS=0
  { "$MINSHENG_BIN" keys init --dir "$WORK/keys" && "$MINSHENG_BIN" migrate \
    && "$MINSHENG_BIN" seed ${STAGE_SEED[@]+"${STAGE_SEED[@]}"}; } >"$WORK/setup.log" 2>&1 \
    || { cat "$WORK/setup.log" >&2; die "could not set up the portal"; }
  SEEDED=$SECONDS
  stage_tokens "$1"
  stage_serve
}

# stage_tokens N — N tokens, straight into their table: one has a quota of its own.
stage_tokens() {
  TOKENS=$WORK/tokens
  (umask 077; for n in $(seq "$1"); do printf 'stage-token-%04d-%s\n' "$n" "$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')"; done >"$TOKENS")
  awk '{ printf "%s(UNHEX(MD5(\"%s\")), \"stage %d\", UNHEX(SHA2(\"%s\", 256)), UTC_TIMESTAMP(6))", (NR == 1 ? "INSERT INTO api_token (id, name, token_hash, created_at) VALUES " : ", "), $1, NR, $1 }' \
    "$TOKENS" | mariadb --no-defaults --protocol=socket -S "$DB_SOCKET" -u root minsheng
}

# stage_serve — starts the portal (again) on the same address.
stage_serve() {
  setsid setpriv --pdeathsig TERM -- "$MINSHENG_BIN" serve </dev/null >>"$WORK/server.log" 2>&1 &
  SERVER=$!
  until port_taken "$ADDRESS"; do
    kill -0 "$SERVER" 2>/dev/null || { tail -n 20 "$WORK/server.log" >&2; SERVER=''; die "the server did not start"; }
    sleep 0.05
  done
}

# stage_clear — stops and removes everything; for a trap on EXIT.
stage_clear() {
  local code=$?
  trap '' INT TERM
  if [ -n "$SERVER" ]; then
    if kill -0 "$SERVER" 2>/dev/null; then
      stop_pid "$SERVER" 20
    else
      local ended=0
      wait "$SERVER" || ended=$?
      say "the portal had ended by itself, with code $ended"
      code=1
    fi
  fi
  db_stop
  if [ -n "$WORK" ]; then
    if [ "$code" != 0 ] && [ -s "$WORK/server.log" ]; then say "the server's last words:"; tail -n 10 "$WORK/server.log" >&2; fi
    if [ -n "${MINSHENG_STAGE_KEEP:-}" ]; then say "kept: $WORK"; else rm -rf "$WORK"; fi
  fi
  exit "$code"
}

# stage_machine — what was measured on.
stage_machine() {
  printf 'Machine: %s, %s cores, kernel %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(uname -r)"
  printf 'Load of the machine before: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  printf 'Program: %s\n' "$(git -C "$ROOT" describe --always --dirty 2>/dev/null || echo unknown)"
}
