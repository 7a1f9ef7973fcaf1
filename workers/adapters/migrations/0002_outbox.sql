-- Text messages that wait to be sent.
CREATE TABLE outbox (
    message_id text PRIMARY KEY,
    call_id text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL DEFAULT 'sms',
    text text NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed')),
    created timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX outbox_queued ON outbox (created) WHERE status = 'queued';
