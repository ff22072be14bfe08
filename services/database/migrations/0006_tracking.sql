-- Vehicles under way: the positions they report, the routes they are on, sensors on roads, and the events of all this.
--
-- Positions come every second from every vehicle.  They are kept here, for a time, and the layer of the vehicles takes
-- over the last of each once a second (services/tracking/folding.py), so that its revision does not move more often.
-- Everything here is of the internal face.

CREATE SCHEMA tracking;

-- What was reported, as it was.
CREATE TABLE tracking.position (
    call_sign   text NOT NULL,
    reported_at timestamptz NOT NULL,           -- by the clock of the vehicle
    lon         double precision,               -- EPSG:6668; NULL: only a status key was reported
    lat         double precision,
    speed_kph   double precision,
    heading_deg double precision,
    accuracy_m  double precision,
    status      text,
    reported_by text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (call_sign, reported_at),
    CHECK ((lon IS NULL) = (lat IS NULL)),
    CHECK (lon IS NOT NULL OR status IS NOT NULL)
);
CREATE INDEX position_received ON tracking.position USING brin (received_at);

-- The newest of each vehicle; position and status each have a time of their own.
CREATE TABLE tracking.latest (
    call_sign   text PRIMARY KEY,
    position_at timestamptz,
    lon         double precision,
    lat         double precision,
    speed_kph   double precision,
    heading_deg double precision,
    accuracy_m  double precision,
    status      text,
    status_at   timestamptz
) WITH (fillfactor = 50);                       -- updated in place, every second

-- The route that a vehicle is on.
CREATE TABLE tracking.route (
    call_sign     text PRIMARY KEY,
    profile       text NOT NULL,
    origin        double precision[] NOT NULL,  -- longitude, latitude
    destination   double precision[] NOT NULL,
    network       text NOT NULL,                -- whose edges these are
    edges         integer[] NOT NULL,           -- in their order; empty: there was no way
    geometry      geometry(LineString, 6668),
    closures_key  text NOT NULL,                -- of the closures it was looked at with last
    incident_id   text,
    language      text NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CHECK ((geometry IS NULL) = (edges = '{}'))
);
COMMENT ON COLUMN tracking.route.edges IS 'of the network of that name (services/routing/storing.py)';

-- What a sensor on a road said last, and the closure it holds.
CREATE TABLE tracking.sensor (
    sensor_id  text PRIMARY KEY,
    read_at    timestamptz NOT NULL,
    closure_id text                             -- of core.road_closures; NULL: the road is open
);

-- The closures that hold, as the stream of events has told them.
CREATE TABLE tracking.closure (
    closure_id text PRIMARY KEY,
    digest     text NOT NULL,
    told       jsonb NOT NULL
);

-- The stream.  One process writes it, so that the numbers are in the order of their commits.
CREATE TABLE tracking.event (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    content jsonb NOT NULL
);
CREATE INDEX event_at ON tracking.event USING brin (at);

-- That somebody is watching: a stream without events means something only while this is fresh.
CREATE TABLE tracking.pulse (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    seen_at  timestamptz NOT NULL
) WITH (fillfactor = 10);

GRANT USAGE ON SCHEMA tracking TO ngis_internal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tracking TO ngis_internal;

-- --- waking who waits ----------------------------------------------------------------------------------

CREATE FUNCTION tracking.tell() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify(TG_ARGV[0], '');  -- says that there is something to look at, and no more
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION tracking.tell() FROM PUBLIC;

CREATE TRIGGER tell_listeners AFTER INSERT ON tracking.event
    FOR EACH STATEMENT EXECUTE FUNCTION tracking.tell('ngis_events');
CREATE TRIGGER tell_watch AFTER UPDATE OF revision ON ngis.layer
    FOR EACH ROW WHEN (NEW.id = 'road-closures') EXECUTE FUNCTION tracking.tell('ngis_watch');
