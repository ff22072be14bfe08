-- Schemas, roles and the book-keeping of loads, publications and revisions.
--
-- raw          files and records as received, immutable
-- core         one table per layer, cleansed and typed (made from the declarations, not here)
-- publication  one table per layer with the rows approved for the public
-- published    one view per layer over publication, public fields only: all that the public face can read
-- ngis         book-keeping

-- The roles ngis_ingest, ngis_internal and ngis_public exist before this runs (services/database/access.py).

CREATE EXTENSION IF NOT EXISTS postgis;

CREATE SCHEMA IF NOT EXISTS ngis;
CREATE SCHEMA raw;
CREATE SCHEMA core;
CREATE SCHEMA publication;
CREATE SCHEMA published;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ngis_ingest, ngis_internal, ngis_public;  -- PostGIS lives there
GRANT USAGE ON SCHEMA published TO ngis_public, ngis_internal;
GRANT USAGE ON SCHEMA ngis, raw, core, publication TO ngis_internal;
GRANT USAGE ON SCHEMA ngis, raw, core, publication, published TO ngis_ingest;

-- --- layers and their revisions ------------------------------------------------------------------------

CREATE TABLE ngis.layer (
    id                  text PRIMARY KEY,
    table_name          text NOT NULL UNIQUE,
    definition_checksum text NOT NULL,
    revision            bigint NOT NULL DEFAULT 0,  -- moves with every committed write to core
    moved_in            xid8,
    published_revision  bigint,                     -- the core revision last approved, NULL before that
    public_revision     bigint NOT NULL DEFAULT 0,  -- moves with every publication and every undoing
    published_at        timestamptz
);
COMMENT ON COLUMN ngis.layer.moved_in IS 'transaction that last moved the revision: one step per transaction';

CREATE FUNCTION ngis.move_revision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ngis AS $$
BEGIN
    UPDATE ngis.layer
       SET revision = revision + 1, moved_in = pg_current_xact_id()
     WHERE id = TG_ARGV[0] AND moved_in IS DISTINCT FROM pg_current_xact_id();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ngis.move_revision IS
    'statement trigger of every core table: a layer''s revision moves in the transaction that writes it';

-- --- raw: as received ----------------------------------------------------------------------------------

CREATE TABLE raw.file (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256      text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    name        text NOT NULL,
    size_bytes  bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE raw.file_part (
    file_id bigint NOT NULL REFERENCES raw.file,
    part    integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (file_id, part)
);
COMMENT ON COLUMN raw.file.name IS 'name of the file when it first came';
ALTER TABLE raw.file_part ALTER COLUMN content SET STORAGE EXTERNAL;  -- most files are compressed already

CREATE TABLE raw.record (
    load_id bigint NOT NULL,
    number  bigint NOT NULL,
    content jsonb NOT NULL
);
CREATE INDEX record_of_load ON raw.record (load_id, number);

CREATE FUNCTION raw.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'raw.% is immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.file
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.file_part
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.record
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();

-- --- loads and their findings --------------------------------------------------------------------------

CREATE TABLE ngis.load (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_id       bigint REFERENCES raw.file,
    file_name     text NOT NULL,
    file_sha256   text,
    layer_id      text REFERENCES ngis.layer,
    format_id     text,
    status        text NOT NULL CHECK (status IN ('loaded', 'unchanged', 'failed')),
    message       text,
    loaded_by     text NOT NULL,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    rows_read     bigint NOT NULL DEFAULT 0,
    rows_loaded   bigint NOT NULL DEFAULT 0,
    rows_mended   bigint NOT NULL DEFAULT 0,
    rows_rejected bigint NOT NULL DEFAULT 0,
    rows_other    bigint NOT NULL DEFAULT 0,
    rows_replaced bigint NOT NULL DEFAULT 0,
    fingerprint   text,                           -- what beside the file decides the outcome
    metadata      jsonb NOT NULL DEFAULT '{}'     -- what the file says of itself, datasets, positions
);
CREATE INDEX load_of_file ON ngis.load (file_sha256);
COMMENT ON COLUMN ngis.load.rows_other IS 'records of the file that are not of this layer';
COMMENT ON COLUMN ngis.load.rows_replaced IS 'rows of the same datasets that were there before';

CREATE TABLE ngis.finding (
    load_id     bigint NOT NULL REFERENCES ngis.load,
    ordinal     integer NOT NULL,
    rule        text NOT NULL,
    action      text NOT NULL CHECK (action IN ('mended', 'rejected', 'noted')),
    row_number  bigint,
    column_name text,
    old_value   text,
    new_value   text,
    detail      text,
    PRIMARY KEY (load_id, ordinal)
);

-- A dataset is one partition of one source in a layer: the unit that a later load replaces.
CREATE TABLE ngis.dataset (
    layer_id    text NOT NULL REFERENCES ngis.layer,
    id          text NOT NULL,
    format_id   text NOT NULL,
    load_id     bigint NOT NULL REFERENCES ngis.load,
    source_id   text,
    title       text,
    url         text,
    licence     text,
    attribution text,
    as_of       date,
    fictitious  boolean NOT NULL,
    row_count   bigint NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (layer_id, id)
);

-- --- publication ---------------------------------------------------------------------------------------

CREATE TABLE ngis.publication (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id      text NOT NULL REFERENCES ngis.layer,
    revision      bigint NOT NULL,   -- of core, as approved
    approved_by   text NOT NULL,
    note          text,
    published_at  timestamptz NOT NULL DEFAULT now(),
    rows_added    bigint NOT NULL,
    rows_changed  bigint NOT NULL,
    rows_removed  bigint NOT NULL,
    column_count  integer NOT NULL,  -- of the layer's table then: later columns are appended
    previous_revision     bigint,    -- ngis.layer before it, put back by undoing
    previous_published_at timestamptz,
    undone_at     timestamptz,
    undone_by     text
);
CREATE INDEX publication_of_layer ON ngis.publication (layer_id, id);
-- What each publication replaced, as the row's own text form (exact, geometry included): undoing puts it back.
CREATE TABLE ngis.publication_change (
    publication_id bigint NOT NULL REFERENCES ngis.publication,
    feature_id     text NOT NULL,
    before         text,             -- NULL: the feature was added
    PRIMARY KEY (publication_id, feature_id)
);

-- The same for the datasets: all rows of publication.dataset of the layer as they were before.
CREATE TABLE ngis.publication_dataset (
    publication_id bigint NOT NULL REFERENCES ngis.publication,
    dataset_id     text NOT NULL,
    before         jsonb NOT NULL,
    PRIMARY KEY (publication_id, dataset_id)
);

-- The datasets behind what is published, copied at publication: the public face says source and date from here.
CREATE TABLE publication.dataset (LIKE ngis.dataset INCLUDING ALL);
ALTER TABLE publication.dataset ADD COLUMN approved_by text, ADD COLUMN approved_at timestamptz;

CREATE VIEW published.dataset AS
    SELECT layer_id, id, format_id, source_id, title, url, licence, attribution, as_of, fictitious, row_count,
           loaded_at, approved_at
      FROM publication.dataset;
CREATE VIEW published.layer AS
    SELECT id, public_revision AS revision, published_at FROM ngis.layer WHERE published_revision IS NOT NULL;

GRANT SELECT ON published.dataset, published.layer TO ngis_public, ngis_internal;
GRANT SELECT ON ALL TABLES IN SCHEMA ngis, raw, publication TO ngis_internal, ngis_ingest;
GRANT INSERT ON raw.file, raw.file_part, raw.record, ngis.load, ngis.finding TO ngis_ingest;
GRANT INSERT, UPDATE, DELETE ON ngis.dataset TO ngis_ingest;
GRANT USAGE ON SEQUENCE ngis.load_id_seq TO ngis_ingest;  -- rows carry the id of a load that is recorded at its end
