-- The database, and who owns it. Variables of psql: owner, database.
-- Who makes something for another role has to be a member of it, since 16 also who made that role.
SELECT format('GRANT %I TO CURRENT_USER', :'owner')
 WHERE NOT pg_catalog.pg_has_role(current_user, :'owner', 'MEMBER')
    OR (current_setting('server_version_num')::int >= 160000 AND NOT pg_catalog.pg_has_role(current_user, :'owner', 'SET')) \gexec
-- From the template that nobody has changed.
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8''', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = :'database') \gexec
SELECT format('ALTER DATABASE %I OWNER TO %I', datname, :'owner')
  FROM pg_catalog.pg_database WHERE datname = :'database' AND datdba <> to_regrole(quote_ident(:'owner')) \gexec
