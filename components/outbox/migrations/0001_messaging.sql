-- Outbox and inbox: a message is written in the transaction of the change that it tells of, and handled in the
-- transaction of the change that it causes. Nothing is sent that was rolled back, and nothing committed is forgotten.
-- docs/operations/postgres.md tells how the relay and the handlers use them.

CREATE SCHEMA IF NOT EXISTS messaging;

CREATE TABLE messaging.outbox (
  -- Becomes the AMQP property message-id, by which consumers recognise a repeated message.
  id             uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Messages of one aggregate, as order 4711, are sent one after the other in the order of their positions.
  position       bigint      NOT NULL UNIQUE,
  aggregate_type text        NOT NULL CHECK (aggregate_type <> ''),
  aggregate_id   text        NOT NULL CHECK (aggregate_id <> ''),
  -- Becomes the AMQP property type, as order.accepted.
  event_type     text        NOT NULL CHECK (event_type <> ''),
  exchange       text        NOT NULL,
  routing_key    text        NOT NULL,
  payload        jsonb       NOT NULL,
  -- traceparent and tracestate of the request that wrote it, and whatever else goes into the message's headers.
  headers        jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(headers) = 'object'),
  created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Not before: the pause after a failed attempt.
  available_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts       integer     NOT NULL DEFAULT 0,
  last_error     text,
  -- Set once the broker has confirmed it.
  sent_at        timestamptz,
  -- Set when the relay gives up. It blocks the later messages of its aggregate, because they build on it.
  dead_at        timestamptz,
  CONSTRAINT outbox_sent_or_dead CHECK (sent_at IS NULL OR dead_at IS NULL)
) WITH (
  -- Every row is updated soon after it was inserted: room on its page for the new version, and a vacuum that comes early.
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02
);
CREATE SEQUENCE messaging.outbox_position AS bigint OWNED BY messaging.outbox.position;

CREATE INDEX outbox_unsent ON messaging.outbox (position) WHERE sent_at IS NULL;
CREATE INDEX outbox_unsent_by_aggregate ON messaging.outbox (aggregate_type, aggregate_id, position) WHERE sent_at IS NULL;
CREATE INDEX outbox_dead ON messaging.outbox (aggregate_type, aggregate_id, position) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_sent ON messaging.outbox (sent_at) WHERE sent_at IS NOT NULL;

-- Positions follow the order of commits within an aggregate: two transactions that write for one aggregate would otherwise be able
-- to draw them in one order and to become visible in the other. The lock lasts until the transaction ends.
-- As definer, because a writer has no right to the sequence.
CREATE FUNCTION messaging.number_outbox_row() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.aggregate_type || chr(31) || NEW.aggregate_id, 0));
  NEW.position := nextval('messaging.outbox_position');
  NEW.created_at := clock_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER outbox_number BEFORE INSERT ON messaging.outbox
  FOR EACH ROW EXECUTE FUNCTION messaging.number_outbox_row();

-- The next messages to send: of every aggregate its oldest unsent one, and none that another relay holds. They stay locked
-- until the caller's transaction ends: publish, wait for the confirms, mark_sent, commit.
CREATE FUNCTION messaging.claim(batch integer) RETURNS SETOF messaging.outbox
  LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT message.*
    FROM messaging.outbox AS message
   WHERE message.sent_at IS NULL
     AND message.dead_at IS NULL
     AND message.available_at <= clock_timestamp()
     AND NOT EXISTS (
       SELECT FROM messaging.outbox AS earlier
        WHERE earlier.sent_at IS NULL
          AND earlier.aggregate_type = message.aggregate_type
          AND earlier.aggregate_id = message.aggregate_id
          AND earlier.position < message.position)
   ORDER BY message.position
   LIMIT batch
     FOR UPDATE OF message SKIP LOCKED
$$;

-- Marks messages that the broker has confirmed; returns how many it marked.
CREATE FUNCTION messaging.mark_sent(ids uuid[]) RETURNS bigint
  LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH marked AS (
    UPDATE messaging.outbox SET sent_at = clock_timestamp(), last_error = NULL
     WHERE id = ANY (ids) AND sent_at IS NULL AND dead_at IS NULL
    RETURNING 1)
  SELECT count(*) FROM marked
$$;

-- Notes a failed attempt: the next one comes after 2, 4, 8 … seconds, at most 5 minutes; after max_attempts it is dead.
CREATE FUNCTION messaging.mark_failed(failed_id uuid, reason text, max_attempts integer DEFAULT 20) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE messaging.outbox
     SET attempts = attempts + 1,
         last_error = left(reason, 2000),
         available_at = clock_timestamp() + least(power(2, least(attempts + 1, 16)), 300) * interval '1 second',
         dead_at = CASE WHEN attempts + 1 >= max_attempts THEN clock_timestamp() END
   WHERE id = failed_id AND sent_at IS NULL AND dead_at IS NULL
$$;

-- Gives a dead message another chance, once its cause is gone.
CREATE FUNCTION messaging.requeue(dead_id uuid) RETURNS bigint
  LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH requeued AS (
    UPDATE messaging.outbox SET dead_at = NULL, attempts = 0, available_at = clock_timestamp()
     WHERE id = dead_id AND dead_at IS NOT NULL
    RETURNING 1)
  SELECT count(*) FROM requeued
$$;

CREATE TABLE messaging.inbox (
  -- The handler, as order-intake: two consumers of one message each handle it once.
  consumer     text        NOT NULL CHECK (consumer <> ''),
  -- AMQP property message-id.
  message_id   uuid        NOT NULL,
  event_type   text,
  received_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  duplicates   integer     NOT NULL DEFAULT 0,
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX inbox_received ON messaging.inbox (received_at);
CREATE INDEX inbox_duplicates ON messaging.inbox (last_seen_at) WHERE duplicates > 0;

-- True for the first delivery of a message, false for a repeated one. Called first in the transaction that handles the
-- message: a second delivery at the same time waits here until the first commits (then it is a repeat) or rolls back (then
-- it is the first).
CREATE FUNCTION messaging.accept(by_consumer text, id uuid, type text DEFAULT NULL) RETURNS boolean
  LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO messaging.inbox AS known (consumer, message_id, event_type) VALUES (by_consumer, id, type)
  ON CONFLICT (consumer, message_id)
  DO UPDATE SET duplicates = known.duplicates + 1, last_seen_at = clock_timestamp()
  RETURNING known.duplicates = 0
$$;

-- Deletes what is older than what must be kept, at most `batch` rows of each table; call it until it returns less than that.
CREATE FUNCTION messaging.purge(keep_outbox interval, keep_inbox interval, batch integer DEFAULT 5000)
  RETURNS TABLE (outbox_rows bigint, inbox_rows bigint)
  LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH old_outbox AS (
    DELETE FROM messaging.outbox WHERE id IN (
      SELECT id FROM messaging.outbox WHERE sent_at < now() - keep_outbox ORDER BY sent_at LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING 1),
  old_inbox AS (
    DELETE FROM messaging.inbox WHERE (consumer, message_id) IN (
      SELECT consumer, message_id FROM messaging.inbox
       WHERE received_at < now() - keep_inbox AND last_seen_at < now() - keep_inbox
       ORDER BY received_at LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT (SELECT count(*) FROM old_outbox), (SELECT count(*) FROM old_inbox)
$$;

-- What monitoring reads, so that it needs no right to the messages themselves. A dead message and those that it blocks are
-- counted apart: they wait for a person, the others for the relay.
CREATE VIEW messaging.outbox_state AS
  WITH unsent AS (
    SELECT message.created_at, message.attempts, message.dead_at IS NOT NULL AS dead,
           EXISTS (SELECT FROM messaging.outbox AS earlier
                    WHERE earlier.sent_at IS NULL AND earlier.dead_at IS NOT NULL
                      AND earlier.aggregate_type = message.aggregate_type AND earlier.aggregate_id = message.aggregate_id
                      AND earlier.position < message.position) AS blocked
      FROM messaging.outbox AS message WHERE message.sent_at IS NULL)
  SELECT count(*) FILTER (WHERE NOT dead AND NOT blocked)                  AS pending,
         count(*) FILTER (WHERE NOT dead AND NOT blocked AND attempts > 0) AS retrying,
         count(*) FILTER (WHERE dead)                                      AS dead,
         count(*) FILTER (WHERE blocked AND NOT dead)                      AS blocked,
         coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE NOT dead AND NOT blocked)), 0)
           AS oldest_unsent_seconds,
         (SELECT count(*) FROM messaging.outbox WHERE sent_at > clock_timestamp() - interval '5 minutes') AS sent_last_5m,
         coalesce(extract(epoch FROM clock_timestamp() -
           (SELECT min(sent_at) FROM messaging.outbox WHERE sent_at IS NOT NULL)), 0) AS oldest_sent_seconds
    FROM unsent;

CREATE VIEW messaging.inbox_state AS
  SELECT consumer, sum(duplicates)::bigint AS duplicates_last_hour
    FROM messaging.inbox
   WHERE duplicates > 0 AND last_seen_at > clock_timestamp() - interval '1 hour'
   GROUP BY consumer;
