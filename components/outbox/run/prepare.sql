-- Where applied migrations are noted. Safe to run at any time, by several at once.
BEGIN;
SELECT pg_advisory_xact_lock(hashtextextended('mes migrations', 0)) \g /dev/null
SET LOCAL client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS platform;
CREATE TABLE IF NOT EXISTS platform.migrations (
  version    text        PRIMARY KEY,
  name       text        NOT NULL,
  checksum   text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  applied_by text        NOT NULL DEFAULT current_user
);
COMMIT;
