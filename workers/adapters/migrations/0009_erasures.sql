-- Proofs that what was kept of a caller was erased. Of the caller, a pseudonym.
CREATE TABLE erasures (
    erasure_id text PRIMARY KEY,
    certificate jsonb NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);
