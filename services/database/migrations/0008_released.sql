-- Layers whose features the staff make public one by one, as they save them (Layer.released_by): the public's view is of
-- the marked rows of core, so what it sees of revisions, datasets and dates is core's, too.

ALTER TABLE ngis.layer
    ADD COLUMN released_by text,  -- the flag of the marked rows; NULL: the layer is published as a whole
    ADD COLUMN moved_at timestamptz NOT NULL DEFAULT now();

CREATE OR REPLACE FUNCTION ngis.move_revision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ngis AS $$
BEGIN
    UPDATE ngis.layer
       SET revision = revision + 1, moved_in = pg_current_xact_id(), moved_at = now()
     WHERE id = TG_ARGV[0] AND moved_in IS DISTINCT FROM pg_current_xact_id();
    RETURN NULL;
END $$;

CREATE FUNCTION ngis.released_rows(wanted text, of_dataset text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, ngis AS $$
DECLARE
    of_layer record;
    found bigint;
BEGIN
    SELECT table_name, released_by INTO of_layer FROM ngis.layer WHERE id = wanted AND released_by IS NOT NULL;
    IF of_layer IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT count(*) FROM core.%I WHERE dataset = $1 AND %I', of_layer.table_name, of_layer.released_by)
       INTO found USING of_dataset;
    RETURN found;
END $$;
COMMENT ON FUNCTION ngis.released_rows IS 'how many rows of a dataset the public sees; NULL of any other layer';
REVOKE EXECUTE ON FUNCTION ngis.released_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngis.released_rows TO ngis_public, ngis_internal, ngis_ingest;

CREATE OR REPLACE VIEW published.dataset AS
    SELECT layer_id, id, format_id, source_id, title, url, licence, attribution, as_of, fictitious, row_count,
           loaded_at, approved_at
      FROM publication.dataset
     WHERE layer_id NOT IN (SELECT id FROM ngis.layer WHERE released_by IS NOT NULL)
    UNION ALL
    SELECT d.layer_id, d.id, d.format_id, d.source_id, d.title, d.url, d.licence, d.attribution, d.as_of, d.fictitious,
           counted.rows, d.loaded_at, d.loaded_at
      FROM ngis.dataset AS d JOIN ngis.layer AS l ON l.id = d.layer_id AND l.released_by IS NOT NULL
     CROSS JOIN LATERAL (SELECT ngis.released_rows(d.layer_id, d.id) AS rows) AS counted
     WHERE counted.rows > 0;
CREATE OR REPLACE VIEW published.layer AS
    SELECT id, CASE WHEN released_by IS NULL THEN public_revision ELSE revision END AS revision,
           CASE WHEN released_by IS NULL THEN published_at ELSE moved_at END AS published_at
      FROM ngis.layer WHERE published_revision IS NOT NULL OR (released_by IS NOT NULL AND revision > 0);
