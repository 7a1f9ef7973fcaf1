-- What customers owe. Amounts are whole minor units of an ISO 4217 currency.
CREATE TABLE invoices (
    invoice_id text PRIMARY KEY,
    customer text NOT NULL,
    about text NOT NULL, -- as it is said: "for the boiler repair in October"
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    cancelled boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now()
);

INSERT INTO invoices (invoice_id, customer, about, amount, currency) VALUES
    ('1042', 'Anna Miller', 'for the boiler repair in October', 12000, 'USD'),
    ('1043', 'John Miller', 'for the drain cleaning in November', 8950, 'USD'),
    ('1044', 'Mary Baker', 'for the electrical check in November', 15000, 'USD'),
    ('2077', 'Charlie Victor', 'for the tap repair in September', 6475, 'USD');

CREATE SEQUENCE receipts START 1001;

-- Payments in the making and those made. Of a card, its token's payment, its network and its last four digits.
CREATE TABLE payments (
    payment_key text PRIMARY KEY, -- of the request that pays, so that a step which runs again finds its own row
    call_id text NOT NULL,
    invoice_id text REFERENCES invoices (invoice_id),
    reference text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('held', 'paid', 'released', 'refunded')),
    gateway_payment text,
    brand text,
    last4 text CHECK (last4 ~ '^[0-9]{4}$'),
    receipt text UNIQUE,
    created timestamptz NOT NULL DEFAULT now(),
    changed timestamptz NOT NULL DEFAULT now(),
    CHECK (status <> 'paid' OR (receipt IS NOT NULL AND gateway_payment IS NOT NULL))
);

-- Nobody pays an invoice twice, nor two at once.
CREATE UNIQUE INDEX payments_invoice ON payments (invoice_id) WHERE status IN ('held', 'paid');
CREATE INDEX payments_call ON payments (call_id);
