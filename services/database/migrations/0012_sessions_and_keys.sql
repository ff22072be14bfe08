-- Sessions of the staff's pages, and status keys that arrive once and in order.

-- Of a session only a digest of its token is kept.  It ends by itself, when its account is disabled, and when the
-- account is given another secret.
CREATE TABLE ngis.session (
    digest     bytea PRIMARY KEY,               -- SHA-256 of the token
    account    text NOT NULL REFERENCES ngis.account,
    opened_at  timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE ON ngis.session TO ngis_internal;

-- The reports that came with an id of their own, so that one that is sent again is known.
CREATE TABLE tracking.report (
    call_sign   text NOT NULL,
    report_id   text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (call_sign, report_id)
);
CREATE INDEX report_received ON tracking.report USING brin (received_at);

-- Status keys that the layer of dispatches has not taken over yet (services/tracking/keys.py).
CREATE TABLE tracking.key (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_sign  text NOT NULL,
    status     text NOT NULL,
    pressed_at timestamptz NOT NULL             -- by the clock of the vehicle
);
GRANT SELECT, INSERT, UPDATE, DELETE ON tracking.report, tracking.key TO ngis_internal;
