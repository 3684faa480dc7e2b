-- One user: it may log in, is a member of its groups and of no other, and has no power of its own. Variables of psql: user, groups (joined by
-- commas).
SELECT format('CREATE ROLE %I LOGIN', :'user')
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :'user') \gexec
SELECT format('ALTER ROLE %I LOGIN', rolname) FROM pg_catalog.pg_roles WHERE rolname = :'user' AND NOT rolcanlogin \gexec
SELECT format('ALTER ROLE %I NOCREATEDB NOCREATEROLE', rolname)
  FROM pg_catalog.pg_roles WHERE rolname = :'user' AND (rolcreatedb OR rolcreaterole) \gexec

SELECT format('GRANT %I TO %I', wanted, :'user')
  FROM unnest(string_to_array(nullif(:'groups', ''), ',')) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members
                    WHERE roleid = to_regrole(quote_ident(wanted)) AND member = to_regrole(quote_ident(:'user'))) \gexec
SELECT format('REVOKE %I FROM %I', roleid::regrole, member::regrole)
  FROM pg_catalog.pg_auth_members
 WHERE member = to_regrole(quote_ident(:'user')) AND NOT roleid::regrole::text = ANY (string_to_array(:'groups', ',')) \gexec

-- What only a superuser could take away, or another grantor has given, is said and not left in silence.
SELECT set_config('platform.user', :'user', false), set_config('platform.groups', :'groups', false) \g /dev/null
DO $$
DECLARE
  login regrole := to_regrole(quote_ident(current_setting('platform.user')));
  powers text;
  others text;
BEGIN
  SELECT concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
                   CASE WHEN rolbypassrls THEN 'BYPASSRLS' END)
    INTO powers FROM pg_catalog.pg_roles WHERE oid = login;
  IF powers <> '' THEN
    RAISE EXCEPTION 'the user % has %: take it away, or give the role of the MES another name', login, powers;
  END IF;
  SELECT string_agg(roleid::regrole::text, ', ') INTO others FROM pg_catalog.pg_auth_members
   WHERE member = login AND NOT roleid::regrole::text = ANY (string_to_array(current_setting('platform.groups'), ','));
  IF others IS NOT NULL THEN
    RAISE EXCEPTION 'the user % is a member of %, which somebody else has granted: revoke it', login, others;
  END IF;
END $$;
