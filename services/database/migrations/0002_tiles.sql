-- Vector tiles kept in the database, for each side (core, published) in a partition of its own.
--
-- A tile stands while no change that touches it waits: the triggers of a layer's tables record, in the transaction
-- that writes rows, the boxes of what it wrote; the renderer takes them up, draws from the state that has them, and
-- removes them in the transaction that keeps the tiles.  A reader that sees a waiting change draws for itself.

CREATE SCHEMA tiles;
GRANT USAGE ON SCHEMA tiles TO ngis_ingest, ngis_internal, ngis_public;

-- What is kept of a layer.  Without a row nothing is.
CREATE TABLE tiles.tileset (
    layer_id   text NOT NULL REFERENCES ngis.layer,
    side       text NOT NULL,
    scheme     text NOT NULL,          -- tile matrix set
    definition text NOT NULL,          -- digest of how the tiles are drawn: others are worthless
    west       double precision NOT NULL,  -- tiles are kept of this box, degrees
    south      double precision NOT NULL,
    east       double precision NOT NULL,
    north      double precision NOT NULL,
    max_zoom   smallint NOT NULL,      -- and up to this zoom, inclusive
    planned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (side, layer_id, scheme)
) PARTITION BY LIST (side);

-- A tile of a tileset that has no row here is empty.
CREATE TABLE tiles.tile (
    layer_id text NOT NULL,
    side     text NOT NULL,
    scheme   text NOT NULL,
    z        smallint NOT NULL,
    x        integer NOT NULL,
    y        integer NOT NULL,
    content  bytea,                    -- NULL: to be drawn
    revision bigint,                   -- of the layer, when it was drawn
    failures smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (side, layer_id, scheme, z, x, y)
) PARTITION BY LIST (side);
ALTER TABLE tiles.tile ALTER COLUMN content SET STORAGE EXTERNAL;  -- reading matters more than size

CREATE TABLE tiles.change (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    layer_id text NOT NULL,
    side     text NOT NULL,
    west     double precision,         -- NULL: everywhere
    south    double precision,
    east     double precision,
    north    double precision,
    PRIMARY KEY (side, id)
) PARTITION BY LIST (side);

CREATE TABLE tiles.core_tileset PARTITION OF tiles.tileset FOR VALUES IN ('core');
CREATE TABLE tiles.published_tileset PARTITION OF tiles.tileset FOR VALUES IN ('published');
CREATE TABLE tiles.core_tile PARTITION OF tiles.tile FOR VALUES IN ('core');
CREATE TABLE tiles.published_tile PARTITION OF tiles.tile FOR VALUES IN ('published');
CREATE TABLE tiles.core_change PARTITION OF tiles.change FOR VALUES IN ('core');
CREATE TABLE tiles.published_change PARTITION OF tiles.change FOR VALUES IN ('published');
ALTER TABLE tiles.core_tile ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE tiles.published_tile ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE INDEX tile_to_draw ON tiles.tile (layer_id, z, x, y) WHERE content IS NULL;
CREATE INDEX change_of_layer ON tiles.change (layer_id);

CREATE FUNCTION ngis.note_tile_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO tiles.change (layer_id, side) VALUES (TG_ARGV[0], TG_ARGV[1]);
        RETURN NULL;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO tiles.change (layer_id, side, west, south, east, north)
        SELECT TG_ARGV[0], TG_ARGV[1], ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
          FROM (SELECT ST_Extent(geometry) AS box FROM rows_after WHERE NOT ST_IsEmpty(geometry)
                 GROUP BY floor(ST_XMin(geometry) * 50), floor(ST_YMin(geometry) * 50)) AS boxes;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        INSERT INTO tiles.change (layer_id, side, west, south, east, north)
        SELECT TG_ARGV[0], TG_ARGV[1], ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
          FROM (SELECT ST_Extent(geometry) AS box FROM rows_before WHERE NOT ST_IsEmpty(geometry)
                 GROUP BY floor(ST_XMin(geometry) * 50), floor(ST_YMin(geometry) * 50)) AS boxes;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ngis.note_tile_change IS
    'statement trigger of every drawn table: boxes of what was written, one for each 0.02 degrees';

GRANT SELECT ON tiles.tileset, tiles.tile, tiles.change, tiles.core_tileset, tiles.core_tile, tiles.core_change,
                tiles.published_tileset, tiles.published_tile, tiles.published_change TO ngis_internal, ngis_ingest;
GRANT INSERT, UPDATE, DELETE ON tiles.tileset, tiles.tile TO ngis_ingest;
GRANT DELETE ON tiles.change TO ngis_ingest;
GRANT SELECT ON tiles.published_tileset, tiles.published_tile, tiles.published_change TO ngis_public;
