-- Who comes for which service. One technician a service to begin with; more rows are more capacity.
CREATE TABLE technicians (
    name text PRIMARY KEY,
    service text NOT NULL
);

INSERT INTO technicians (name, service) VALUES
    ('Alex', 'boiler service'),
    ('Maria', 'drain cleaning'),
    ('Sam', 'electrical check'),
    ('Nina', 'tap repair');

CREATE TABLE bookings (
    booking_id text PRIMARY KEY, -- the tool call's id, so that a repeated call finds its own row
    call_id text NOT NULL,
    service text NOT NULL,
    technician text REFERENCES technicians (name),
    day date NOT NULL,
    time time NOT NULL,
    name text NOT NULL,
    phone text,
    status text NOT NULL CHECK (status IN ('held', 'confirmed', 'released')),
    fence bigint NOT NULL, -- of the latest try; an older one that comes late changes nothing
    created timestamptz NOT NULL DEFAULT now(),
    changed timestamptz NOT NULL DEFAULT now(),
    CHECK (technician IS NOT NULL OR status = 'released')
);

-- Two callers can never get the same slot: a technician is at one place at a time.
CREATE UNIQUE INDEX bookings_slot ON bookings (technician, day, time) WHERE status <> 'released';
CREATE INDEX bookings_call ON bookings (call_id);
