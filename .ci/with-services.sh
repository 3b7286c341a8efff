#!/bin/bash
# with-services.sh CMD...: PostgreSQL and Redis on loopback for as long as CMD runs.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] && command -v redis-server >/dev/null || {
    echo "PostgreSQL or Redis is not installed: apt-get install postgresql redis-server" >&2
    exit 1
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
pg_port=$(free_port)
redis_port=$(free_port)
dir=$(mktemp -d)
chmod 755 "$dir"
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    pg() { (cd / && runuser -u postgres -- "$@"); }
    install -d -o postgres -g postgres "$dir/pg"
else
    pg() { "$@"; }
    mkdir "$dir/pg"
fi
stop() {
    redis-cli -p "$redis_port" shutdown nosave >/dev/null 2>&1 || true
    pg "$bin/pg_ctl" -D "$dir/pg" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

pg "$bin/initdb" -D "$dir/pg" -U app --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
# fsync=off: for tests only
pg "$bin/pg_ctl" -D "$dir/pg" -w -l "$dir/pg/log" -o "-p $pg_port -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories=$dir/pg -c fsync=off -c max_connections=200" start >/dev/null
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --daemonize yes --dir "$dir" >/dev/null

export DATABASE_URL="postgresql://app@127.0.0.1:$pg_port/postgres"
export REDIS_URL="redis://127.0.0.1:$redis_port/0"
"$@"
