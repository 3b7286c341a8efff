#!/bin/bash
# with-services.sh CMD...: PostgreSQL and Redis on loopback for as long as CMD runs.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] && command -v redis-server >/dev/null || {
    echo "PostgreSQL or Redis is not installed: apt-get install postgresql redis-server" >&2
    exit 1
}
root=$(cd "$(dirname "$0")/.." && pwd)
free_port() { PYTHONPATH=$root python3 -c 'from tests.ports import free_port; print(free_port())'; }
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
    [ ! -s "$dir/redis.pid" ] || kill "$(cat "$dir/redis.pid")" 2>/dev/null || true
    pg "$bin/pg_ctl" -D "$dir/pg" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

pg "$bin/initdb" -D "$dir/pg" -U app --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
# fsync=off: for tests only
start_postgres() {
    pg_port=$(free_port)
    pg "$bin/pg_ctl" -D "$dir/pg" -w -l "$dir/pg/log" -o "-p $pg_port -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories=$dir/pg -c fsync=off -c max_connections=200" start >/dev/null
}
start_redis() {
    redis_port=$(free_port)
    redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --daemonize yes --dir "$dir" \
        --pidfile "$dir/redis.pid" >/dev/null
    local try
    for try in {1..50}; do
        [ -s "$dir/redis.pid" ] && redis-cli -p "$redis_port" ping >/dev/null 2>&1 && return
        sleep 0.1
    done
    return 1
}
# somebody may take the port between our look and the start
start_postgres || start_postgres || { cat "$dir/pg/log" >&2; exit 1; }
start_redis || start_redis || { echo "Redis does not answer" >&2; exit 1; }

export DATABASE_URL="postgresql://app@127.0.0.1:$pg_port/postgres"
export REDIS_URL="redis://127.0.0.1:$redis_port/0"
"$@"
