-- Who may do what. Programs log in as users of their own, which are members of these groups and own nothing.
-- CloudNativePG makes the groups (managed roles of the Cluster); elsewhere the owner makes them, if it may.

DO $$
DECLARE
  missing text;
BEGIN
  FOR missing IN
    SELECT wanted FROM unnest(ARRAY['mes_read', 'mes_write', 'mes_relay']) AS wanted
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted)
  LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'the group % does not exist yet: the operator makes it, see status.managedRolesStatus of the Cluster', missing;
    END;
  END LOOP;
  -- Nobody but these connects to the database. pg_monitor: the exporter of metrics.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO mes_read, mes_write, mes_relay, pg_monitor', current_database());
END $$;

-- The tables of the MES itself, which the owner makes in schema public.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO mes_read;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mes_write;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mes_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO mes_read;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mes_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mes_write;

-- New functions have to say so again: default privileges of a schema can add rights and never take one from PUBLIC.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA messaging FROM PUBLIC;
GRANT USAGE ON SCHEMA messaging TO mes_read, mes_write, mes_relay, pg_monitor;
GRANT SELECT ON messaging.outbox_state, messaging.inbox_state TO mes_read, mes_write, mes_relay, pg_monitor;

-- A writer adds messages and never changes one: neither its position nor whether it was sent.
GRANT SELECT ON messaging.outbox TO mes_write;
GRANT INSERT (id, aggregate_type, aggregate_id, event_type, exchange, routing_key, payload, headers)
  ON messaging.outbox TO mes_write;
GRANT SELECT ON messaging.inbox TO mes_write;
GRANT INSERT (consumer, message_id, event_type) ON messaging.inbox TO mes_write;
GRANT UPDATE (duplicates, last_seen_at) ON messaging.inbox TO mes_write;
GRANT EXECUTE ON FUNCTION messaging.accept(text, uuid, text) TO mes_write;

-- The relay marks messages and never changes what they say.
GRANT SELECT ON messaging.outbox TO mes_relay;
GRANT UPDATE (available_at, attempts, last_error, sent_at, dead_at) ON messaging.outbox TO mes_relay;
GRANT EXECUTE ON FUNCTION
  messaging.claim(integer), messaging.mark_sent(uuid[]), messaging.mark_failed(uuid, text, integer), messaging.requeue(uuid)
  TO mes_relay;
