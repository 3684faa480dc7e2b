-- Applies one migration, unless it is applied already; whole or not at all. Variables of psql: version, name, checksum, file.
BEGIN;
SET LOCAL lock_timeout = '30s';
-- Two runs at once: the second waits here, and then finds the migration applied.
SELECT pg_advisory_xact_lock(hashtextextended('mes migrations', 0)) \g /dev/null
SELECT coalesce(bool_or(checksum = :'checksum'), false) AS applied,
       coalesce(bool_or(checksum <> :'checksum'), false) AS changed
  FROM platform.migrations WHERE version = :'version' \gset
\if :changed
SELECT set_config('platform.migration', :'name', true) \g /dev/null
DO $$ BEGIN
  RAISE EXCEPTION 'migration % has changed since it was applied: write a new one instead', current_setting('platform.migration');
END $$;
\endif
\if :applied
\echo :name is applied already
\else
\i :file
INSERT INTO platform.migrations (version, name, checksum) VALUES (:'version', :'name', :'checksum');
\echo :name applied
\endif
COMMIT;
