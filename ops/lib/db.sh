# Private databases: starts and stops a MariaDB or a MySQL that only the user who started it can reach.
# Each has its own folder, a socket in a folder of mode 0700 and no network port. Source lib/common.sh
# first. After db_start these are set: DB_ENGINE DB_VERSION DB_DIR DB_SOCKET DB_PID DB_LOG, and DB_URL,
# the server's address without a database name. One database at a time.
# shellcheck shell=bash

DB_PID=''
DB_SOCKET_DIR=''

# db_url NAME — the address of one database on the running server.
db_url() { printf 'mysql://root@localhost/%s?socket=%s&ssl-mode=DISABLED' "$1" "$DB_SOCKET"; }

# db_sql STATEMENT [DATABASE] — runs it, prints rows separated by tabs without a heading.
db_sql() { mariadb --no-defaults --protocol=socket -S "$DB_SOCKET" -u root -N -B -e "$1" ${2:+"$2"}; }

# db_install ENGINE — makes the server's program available. MariaDB comes from the distribution (the
# "core" package holds the programs and starts no service); MySQL is unpacked beside the system.
db_install() {
  have mariadb || ensure_packages mariadb-client-core
  case $1 in
    mariadb) have mariadbd && have mariadb-install-db || ensure_packages mariadb-server-core ;;
    mysql) mysql_unpack ;;
    *) die "unknown engine '$1': mariadb or mysql" ;;
  esac
}

# db_start ENGINE DIR [safe|fast] — starts it on DIR, made new when empty, recovered when it had crashed.
# "safe" keeps every commit through a power cut; "fast" is for tests and may lose the last second.
db_start() {
  local flush=1 socket_dir data as=()
  DB_ENGINE=$1 DB_DIR=$2
  [ "${3:-safe}" = safe ] || flush=2
  db_install "$DB_ENGINE"
  mkdir -p "$DB_DIR"
  DB_DIR=$(cd "$DB_DIR" && pwd -P)
  data=$DB_DIR/data DB_LOG=$DB_DIR/server.log
  chmod 700 "$DB_DIR"
  [ ! -e "$data" ] || [ -O "$data" ] || die "$data belongs to another user: run this as $(stat -c %U "$data")"
  if [ "$(id -u)" = 0 ]; then as=(--user=root); fi

  db_end_orphan
  # A socket's path may have about 100 bytes, and the URL that names it should need no escaping.
  socket_dir=$DB_DIR/run
  if [ ${#socket_dir} -gt 85 ] || [[ ! $socket_dir =~ ^[A-Za-z0-9/._-]+$ ]]; then
    socket_dir=$(mktemp -d "${TMPDIR:-/tmp}/minsheng-db.XXXXXX")
    DB_SOCKET_DIR=$socket_dir
  fi
  mkdir -p "$socket_dir" && chmod 700 "$socket_dir"
  DB_SOCKET=$socket_dir/mysql.sock
  rm -f "$DB_SOCKET" "$DB_SOCKET.lock"

  if [ ! -d "$data" ]; then
    say "making a new $DB_ENGINE database in $DB_DIR"
    # (mariadb-install-db cannot cope with a blank in a path, the socket's folder never has one)
    local new=$socket_dir/new
    rm -rf "$new"
    if [ "$DB_ENGINE" = mariadb ]; then
      mariadb-install-db --no-defaults "${as[@]}" --datadir="$new" --skip-test-db --skip-name-resolve \
        --auth-root-authentication-method=normal >"$DB_LOG" 2>&1
    else
      "$MYSQLD" --no-defaults "${as[@]}" --datadir="$new" --initialize-insecure \
        --auto-generate-certs=OFF --caching-sha2-password-auto-generate-rsa-keys=OFF \
        --secure-file-priv=NULL "${MYSQL_FOLDERS[@]}" >"$DB_LOG" 2>&1
    fi || { tail -n 20 "$DB_LOG" >&2; die "could not make the database, see $DB_LOG"; }
    chmod 700 "$new"
    mv "$new" "$data"
  fi

  local options=(--no-defaults "${as[@]}" --datadir="$data" --socket="$DB_SOCKET" --pid-file="$DB_DIR/server.pid"
    --log-error="$DB_LOG" --skip-networking --skip-log-bin --skip-name-resolve --local-infile=0
    --performance-schema=OFF --character-set-server=utf8mb4 --collation-server=utf8mb4_bin
    --default-time-zone=+00:00 --max-allowed-packet=64M --max-connections=200
    --innodb-buffer-pool-size=256M --innodb-flush-log-at-trx-commit="$flush")
  # In a session of its own, so that Ctrl-C reaches only the script, which stops things in order; and
  # told to end (cleanly) by the kernel should the script be killed.
  if [ "$DB_ENGINE" = mariadb ]; then
    setsid setpriv --pdeathsig TERM -- mariadbd "${options[@]}" </dev/null >>"$DB_LOG" 2>&1 9>&- &
  else
    setsid setpriv --pdeathsig TERM -- "$MYSQLD" "${options[@]}" --mysqlx=OFF --secure-file-priv=NULL --auto-generate-certs=OFF \
      --caching-sha2-password-auto-generate-rsa-keys=OFF "${MYSQL_FOLDERS[@]}" </dev/null >>"$DB_LOG" 2>&1 9>&- &
  fi
  DB_PID=$!

  local waited=0
  until DB_VERSION=$(db_sql 'SELECT VERSION()' 2>/dev/null); do
    kill -0 "$DB_PID" 2>/dev/null || { tail -n 20 "$DB_LOG" >&2; DB_PID=''; die "the database did not start, see $DB_LOG"; }
    waited=$((waited + 1))
    if [ $waited = 100 ]; then say "the database is still starting, perhaps recovering after a crash"; fi
    [ $waited -lt 6000 ] || die "the database did not answer in ten minutes, see $DB_LOG"
    sleep 0.1
  done
  DB_URL=$(db_url '')
  say "$DB_ENGINE $DB_VERSION on $DB_SOCKET"
}

# db_stop — stops the database that db_start started, cleanly.
db_stop() {
  if [ -n "$DB_PID" ]; then stop_pid "$DB_PID" 60; DB_PID=''; fi
  if [ -n "$DB_SOCKET_DIR" ]; then rm -rf "$DB_SOCKET_DIR"; DB_SOCKET_DIR=''; fi
}

# A script that was killed may have left its database running on this folder: let it finish first.
db_end_orphan() {
  local pid
  pid=$(cat "$DB_DIR/server.pid" 2>/dev/null) || return 0
  if [ -n "$pid" ] && tr "\0" "\n" 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "--datadir=$DB_DIR/data"; then
    say "ending the database that an earlier run left behind"
    stop_pid "$pid" 60
  fi
  rm -f "$DB_DIR/server.pid"
}

# mysql_unpack — MySQL is not in Debian's stable releases, so the server's package and all it needs, libc
# included, are taken from the distribution's newest suite, unpacked into the cache and run with the
# loader from there. Nothing is installed and no root is needed. Sets MYSQLD and MYSQL_FOLDERS.
mysql_unpack() {
  local home=$CACHE/mysql
  if [ ! -x "$home/mysqld" ]; then
    local id codename suite work mirror keyring package began=$SECONDS
    id=$(. /etc/os-release && echo "$ID") codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    case $id in debian) suite=sid ;; ubuntu) suite=devel ;; *) die "MySQL can be unpacked on Debian and Ubuntu only; set MINSHENG_DATABASE_URL" ;; esac
    read -r mirror keyring < <(apt_mirror "$codename") || die "found no apt source for $codename"
    [ -r "${keyring:-}" ] || keyring=/usr/share/keyrings/$id-archive-keyring.gpg
    mkdir -p "$CACHE"
    rm -rf "$home" "$home".new.*
    work=$(mktemp -d "$home.new.XXXXXX")
    mkdir -p "$work"/{apt/lists/partial,apt/archives/partial,root}
    : >"$work/apt/status"
    echo "deb [signed-by=$keyring] $mirror $suite main universe" >"$work/apt/sources.list"
    if [ "$id" = debian ]; then sed -i 's/ universe$//' "$work/apt/sources.list"; fi
    local apt=(-q -o Dir::State="$work/apt" -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt"
      -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
      -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
      -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o APT::Install-Recommends=false
      -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false
      -o APT::Update::Post-Invoke::= -o APT::Update::Post-Invoke-Success::=)
    say "fetching MySQL ($id $suite)"
    apt-get "${apt[@]}" update >"$work/log" 2>&1 || { tail "$work/log" >&2; die "apt could not read $suite"; }
    package=$(apt-cache "${apt[@]}" search '^mysql-server-core' | awk '{ print $1 }' | sort -V | tail -n 1)
    [ -n "$package" ] || die "$suite has no mysql-server-core"
    apt-get "${apt[@]}" install --download-only -y "$package" >>"$work/log" 2>&1 </dev/null \
      || { tail "$work/log" >&2; die "apt could not fetch $package"; }
    local deb
    for deb in "$work"/apt/archives/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
    # The loader and the folder of the libraries, relative, so that the folder can be moved.
    local loader libraries
    loader=$(cd "$work" && find root/usr/lib -name 'ld-linux-*.so.*' ! -path '*/lib64/*' | head -n 1)
    libraries=$(cd "$work" && dirname "$(find root/usr/lib -name libc.so.6 | head -n 1)")
    cat >"$work/mysqld" <<SCRIPT
#!/bin/sh
# Runs the unpacked MySQL server with its own loader and libraries.
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "\$here/$libraries" "\$here/root/usr/sbin/mysqld" "\$@"
SCRIPT
    chmod 755 "$work/mysqld" "$work"
    "$work/mysqld" --version >>"$work/log" || die "the unpacked MySQL does not run, see $work/log"
    rm -rf "$work/apt" "$work"/root/usr/share/{doc,man,locale}
    mv "$work" "$home"
    say "MySQL unpacked in $((SECONDS - began)) s"
  fi
  MYSQLD=$home/mysqld
  MYSQL_FOLDERS=(--basedir="$home/root/usr" --lc-messages-dir="$home/root/usr/share/mysql"
    --character-sets-dir="$home/root/usr/share/mysql/charsets" --plugin-dir="$home/root/usr/lib/mysql/plugin")
}

# apt_mirror CODENAME — "URI KEYRING" of the machine's own source for that release (KEYRING may be empty).
apt_mirror() {
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    sed -nE 's/^deb[[:space:]]+(\[[^]]*\])?[[:space:]]*([^[:space:]]+)[[:space:]]+'"$1"'[[:space:]].*/\2 \1/p' "$file" \
      | sed -E 's/\[.*signed-by=([^] ]+).*\]/\1/; s/\[.*\]//'
  done | head -n 1 | grep . && return 0
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -r "$file" ] || continue
    awk -v codename="$1" 'BEGIN { RS = ""; FS = "\n" }
      { uri = ""; suite = 0; key = ""; off = 0
        for (i = 1; i <= NF; i++) {
          n = split($i, word, /[ \t]+/)
          name = tolower(word[1])
          if (name == "uris:") uri = word[2]
          if (name == "signed-by:") key = word[2]
          if (name == "enabled:" && word[2] == "no") off = 1
          if (name == "suites:") for (j = 2; j <= n; j++) if (word[j] == codename) suite = 1
        }
        if (uri && suite && !off) { print uri, key; exit } }' "$file"
  done | head -n 1 | grep .
}
