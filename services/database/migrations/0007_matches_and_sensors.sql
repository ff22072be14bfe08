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
