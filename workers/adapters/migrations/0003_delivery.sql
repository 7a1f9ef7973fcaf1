-- How far a message has come, and whose it is.
ALTER TABLE outbox DROP CONSTRAINT outbox_status_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_status_check CHECK (status IN ('queued', 'sent', 'delivered', 'failed'));
ALTER TABLE outbox ADD COLUMN subject text NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN reference text; -- the carrier's own id for it
ALTER TABLE outbox ADD COLUMN detail text NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN changed timestamptz NOT NULL DEFAULT now();

CREATE INDEX outbox_recipient ON outbox (recipient, created);
CREATE INDEX outbox_created ON outbox (created);
