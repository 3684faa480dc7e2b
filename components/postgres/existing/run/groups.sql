-- The groups that hold the rights. Variables of psql: none.
DO $$ BEGIN
  IF current_setting('server_version_num')::int < 150000 THEN
    RAISE EXCEPTION 'this is PostgreSQL %; the platform needs 15 or newer', current_setting('server_version');
  END IF;
END $$;
SELECT format('CREATE ROLE %I NOLOGIN', wanted)
  FROM unnest(ARRAY['mes_read', 'mes_write', 'mes_relay']) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) \gexec
