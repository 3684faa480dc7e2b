#!/bin/sh
# Brings the database to the newest migration. Where and as whom: libpq's variables (PGHOST, PGUSER, …).
set -eu
here=$(dirname "$0")
# Whatever limits the database sets for programs, a migration has its own.
export PGOPTIONS="${PGOPTIONS:-} -c statement_timeout=0"

run() { psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 "$@"; }

tries=0
until pg_isready --quiet --timeout=3; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "the database does not answer" >&2
    exit 1
  fi
  sleep 2
done

run --file "$here/prepare.sql"
for file in "$here"/[0-9]*.sql; do
  name=$(basename "$file" .sql)
  checksum=$(sha256sum "$file" | cut -d' ' -f1)
  run --set version="${name%%_*}" --set name="$name" --set checksum="$checksum" --set file="$file" --file "$here/apply.sql"
done
if [ -f "$here/settings.sql" ]; then run --file "$here/settings.sql"; fi
