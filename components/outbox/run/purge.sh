#!/bin/sh
# Deletes sent and handled messages that need not be kept: KEEP_OUTBOX and KEEP_INBOX are seconds, BATCH is rows at a time.
set -eu
export PGOPTIONS="${PGOPTIONS:-} -c statement_timeout=60s"
: "${BATCH:=5000}"

while :; do
  deleted=$(psql --no-psqlrc --quiet --no-password --tuples-only --no-align --field-separator ' ' --set ON_ERROR_STOP=1 \
    --set outbox="$KEEP_OUTBOX seconds" --set inbox="$KEEP_INBOX seconds" --set batch="$BATCH" <<'SQL'
SELECT * FROM messaging.purge(:'outbox', :'inbox', :'batch');
SQL
  )
  echo "deleted (outbox, inbox): $deleted"
  outbox=${deleted% *}
  inbox=${deleted#* }
  if [ "$outbox" -lt "$BATCH" ] && [ "$inbox" -lt "$BATCH" ]; then break; fi
  # Leave room for the programs.
  sleep 1
done
