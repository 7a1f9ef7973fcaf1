-- Links by which people answer what a workflow asks them. The token is a secret: whoever has it may answer.
CREATE TABLE links (
    token text PRIMARY KEY,
    workflow_id text NOT NULL,
    item text NOT NULL,
    until timestamptz NOT NULL,
    UNIQUE (workflow_id, item)
);
