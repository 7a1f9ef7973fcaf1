-- Who replaces boilers: a visit that is booked with a deposit.
INSERT INTO technicians (name, service) VALUES ('Omar', 'boiler replacement') ON CONFLICT (name) DO NOTHING;
