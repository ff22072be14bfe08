-- Where on the roads the newest position of a vehicle is (geo/travel/matching.py), and what sensors on roads say.

-- All of these are of the position of that time; where it is not that of the newest, nothing is known of that yet.
ALTER TABLE tracking.latest
    ADD COLUMN matched_at    timestamptz,
    ADD COLUMN match_quality text,              -- a code of layers.vehicles.MATCH_QUALITIES
    ADD COLUMN matched_lon   double precision,  -- EPSG:6668; NULL: on no road that is known
    ADD COLUMN matched_lat   double precision,
    ADD COLUMN off_road_m    double precision,  -- from the position as it was reported
    ADD COLUMN road_name     text,
    ADD COLUMN road_way_id   text,
    ADD COLUMN network       text,              -- whose edge that is
    ADD COLUMN edge          integer;

-- tracking.sensor was not written to before.
ALTER TABLE tracking.sensor
    ALTER COLUMN read_at DROP NOT NULL,                 -- NULL: none of its readings was believed yet
    ADD COLUMN depth_cm  double precision,              -- of water on the road
    ADD COLUMN is_silent boolean NOT NULL DEFAULT false;

-- The one process that takes messages of the broker (services/messaging/).
CREATE TABLE tracking.subscriber (
    only_one     boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    is_connected boolean NOT NULL,
    seen_at      timestamptz NOT NULL,
    messages     jsonb NOT NULL                         -- how many by what became of them
) WITH (fillfactor = 10);
GRANT SELECT, INSERT, UPDATE, DELETE ON tracking.subscriber TO ngis_internal;
