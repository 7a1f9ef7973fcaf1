-- Who can be sent to something urgent, in the order in which they are asked. Numbers are of no one (555-01xx).
CREATE TABLE units (
    unit_id text PRIMARY KEY,
    person text NOT NULL,
    phone text,
    problems text[] NOT NULL, -- what they can do
    rank int NOT NULL,
    minutes int NOT NULL CHECK (minutes > 0), -- they usually need to get there
    on_duty boolean NOT NULL DEFAULT true
);

INSERT INTO units (unit_id, person, phone, problems, rank, minutes) VALUES
    ('van-1', 'Alex', '+12025550161', '{burst pipe,no heating,gas smell}', 1, 20),
    ('van-2', 'Nina', '+12025550162', '{burst pipe,blocked drain}', 2, 30),
    ('van-3', 'Sam', '+12025550163', '{power failure}', 3, 25),
    ('van-4', 'Maria', '+12025550164', '{blocked drain,burst pipe,power failure,no heating,gas smell}', 4, 45);

CREATE TABLE jobs (
    job_id text PRIMARY KEY,
    call_id text NOT NULL,
    problem text NOT NULL,
    address text NOT NULL,
    phone text,
    closed boolean NOT NULL DEFAULT false, -- done or withdrawn: no unit is kept for it any more
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE offers (
    job_id text NOT NULL REFERENCES jobs (job_id),
    attempt int NOT NULL,
    unit_id text NOT NULL REFERENCES units (unit_id),
    status text NOT NULL CHECK (status IN ('offered', 'accepted', 'refused', 'over')),
    changed timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, attempt)
);

-- A unit that is asked, or has a job, is not asked about another.
CREATE UNIQUE INDEX offers_unit ON offers (unit_id) WHERE status IN ('offered', 'accepted');
CREATE INDEX jobs_call ON jobs (call_id);
