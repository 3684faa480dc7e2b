#!/bin/sh
# Makes users, groups and the database on a server that is there already. Where and as which administrator: libpq's variables; nothing
# changes where all is as it should be. `users` beside this file has a line for each user: its name, and its groups joined by commas.
#
#   OWNER      who owns the database
#   DATABASE   its name
#   PASSWORDS  folder with a file for each user, which holds its password
set -eu
here=$(dirname "$0")

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

run --file "$here/groups.sql"
while read -r user groups; do
  run --set user="$user" --set groups="${groups:-}" --file "$here/user.sql"
  # psql sends what the server keeps and not the password, so that no log of statements has it. Without a terminal it reads the password here.
  password=$(cat "$PASSWORDS/$user")
  said=$(printf '%s\n%s\n' "$password" "$password" | setsid --wait psql --no-psqlrc --quiet --no-password \
    --set ON_ERROR_STOP=1 --command "\\password $user" 2>&1) || {
    echo "$said" >&2
    exit 1
  }
  echo "$user is there"
done <"$here/users"
run --set owner="$OWNER" --set database="$DATABASE" --file "$here/database.sql"
echo "the database $DATABASE is there"
