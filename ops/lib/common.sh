# What every script here shares: messages, the installing of what is missing, and small helpers.
# To be sourced, not run. It sets ROOT (the working tree) and CACHE (downloads kept between runs);
# mirrors and registries are those the machine is set to use, none is named here.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/minsheng

# Servers live in sbin, which an ordinary user's PATH lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else die "needs root for: $* (run it as root, or install sudo)"
  fi
}

# ensure_packages NAME… — installs those Debian/Ubuntu packages that are not installed yet.
# Never removes a package to make room: a machine's own MySQL stays where it is.
ensure_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  have apt-get || die "this is neither Debian nor Ubuntu; install by hand: ${missing[*]}"
  say "installing ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  if [ -z "${APT_UPDATED:-}" ]; then as_root "${apt[@]}" update >&2 || true; APT_UPDATED=1; fi
  as_root "${apt[@]}" install --no-install-recommends --no-remove "${missing[@]}" >&2 </dev/null \
    || die "apt could not install ${missing[*]}"
}

# ensure_rust — cargo on the PATH, and the C compiler that a few crates need.
ensure_rust() {
  have cargo || PATH=$HOME/.cargo/bin:$PATH
  have cargo || die "cargo not found: install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml") or later (rustup, or the distribution's package)"
  have cc || ensure_packages gcc libc6-dev
}

# ensure_wheel_tool PROGRAM PACKAGE VERSION — a prebuilt cargo tool, from the PATH, from the cache, or
# from the Python index this machine uses; built from source where no wheel can be had.
ensure_wheel_tool() {
  local program=$1 package=$2 version=$3 home=$CACHE/$1-$3
  PATH=$home/bin:$PATH
  have "$program" && return 0
  say "fetching $program $version"
  have python3 && python3 -m pip --version >/dev/null 2>&1 || ensure_packages python3 python3-pip
  rm -rf "$home.new"
  if python3 -m pip install -q --no-deps --only-binary=:all: --root-user-action=ignore \
      --target "$home.new" "$package==$version" >&2; then
    mkdir -p "$CACHE" && mv "$home.new" "$home"
  else
    say "no wheel for this machine, building $program"
    cargo install --locked --root "$home" --version "$version" "$program"
  fi
  hash -r
}

# port_taken HOST:PORT — whether something already answers there.
port_taken() {
  local host=${1%:*} port=${1##*:}
  case $host in 0.0.0.0 | '' | '[::]') host=127.0.0.1 ;; esac
  host=${host#[}; host=${host%]}
  (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null
}

# free_port — a TCP port of 127.0.0.1 that nothing uses now.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# stop_pid PID SECONDS — asks a process to end, waits, and insists only when the time is over.
stop_pid() {
  local pid=$1 tenths=$(($2 * 10))
  kill -TERM "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    # a child of ours that has ended stays a zombie until we wait for it
    if grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status"; then break; fi
    if [ $((tenths -= 1)) -le 0 ]; then kill -KILL "$pid" 2>/dev/null || true; break; fi
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}
