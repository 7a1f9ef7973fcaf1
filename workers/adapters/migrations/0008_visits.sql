-- A caller changes a visit that stands. Who ended it tells the same try again from another caller's.
ALTER TABLE bookings ADD COLUMN ended_by text; -- the tool call that moved or cancelled it
CREATE INDEX bookings_standing ON bookings (phone, day) WHERE status = 'confirmed';
