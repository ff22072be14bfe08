-- What is known of the quality of each layer: measured on what a face sees, kept for the public at each publication.

-- A row's own values are not told, only how many there are; nor is a file's name, a place in it, or who loaded it.
CREATE FUNCTION ngis.quality_of(wanted text, side text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    reserved CONSTANT text[] := ARRAY['id', 'geometry', 'extras', 'source_id', 'dataset', 'as_of', 'fictitious',
                                      'position_quality', 'position_error_m', 'load_id', 'raw_number'];
    relation text;
    columns  text;
    placed   boolean;
    counted  jsonb;
    located  jsonb := '{}';
    loads    jsonb;
BEGIN
    IF side NOT IN ('core', 'published') THEN
        RAISE EXCEPTION 'no side %', side;
    END IF;
    SELECT format('%I.%I', side, table_name) INTO relation FROM ngis.layer WHERE id = wanted;
    IF relation IS NULL OR to_regclass(relation) IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(format(', count(%1$I) AS %1$I', attname), '' ORDER BY attnum)
               FILTER (WHERE attname <> ALL (reserved)),
           bool_or(attname = 'geometry')
      INTO columns, placed
      FROM pg_attribute WHERE attrelid = to_regclass(relation) AND attnum > 0 AND NOT attisdropped;
    -- '#' is no name of a field.
    EXECUTE format('SELECT to_jsonb(q) FROM (SELECT count(*) AS "#"%s FROM %s) AS q', columns, relation) INTO counted;
    IF placed THEN
        EXECUTE format(
            'SELECT jsonb_build_object(
                 ''placed'', count(geometry),
                 ''median_error_m'', percentile_cont(0.5) WITHIN GROUP (ORDER BY position_error_m),
                 ''worst_error_m'', max(position_error_m),
                 ''errors_known'', count(position_error_m),
                 ''qualities'', (SELECT jsonb_object_agg(position_quality, n)
                                   FROM (SELECT position_quality, count(*) AS n FROM %1$s GROUP BY 1) AS each))
             FROM %1$s', relation) INTO located;
    END IF;
    SELECT coalesce(jsonb_agg(to_jsonb(each) ORDER BY each.loaded_at, each.format), '[]')
      INTO loads
      FROM (SELECT min(d.format_id) AS format, max(d.loaded_at) AS loaded_at, min(d.as_of) AS as_of,
                   count(*) AS datasets, l.rows_read, l.rows_loaded, l.rows_mended, l.rows_rejected, l.rows_other,
                   coalesce((SELECT jsonb_agg(to_jsonb(r) ORDER BY r.rule, r.action)
                               FROM (SELECT rule, action, count(*) AS count FROM ngis.finding
                                      WHERE load_id = l.id GROUP BY rule, action) AS r), '[]') AS rules
              FROM (SELECT layer_id, format_id, load_id, loaded_at, as_of FROM ngis.dataset WHERE side = 'core'
                    UNION ALL
                    SELECT layer_id, format_id, load_id, loaded_at, as_of FROM publication.dataset
                     WHERE side = 'published') AS d
              JOIN ngis.load AS l ON l.id = d.load_id
             WHERE d.layer_id = wanted
             GROUP BY l.id) AS each;
    RETURN jsonb_build_object('rows', counted -> '#', 'fields', counted - '#', 'places', located, 'loads', loads);
END $$;
COMMENT ON FUNCTION ngis.quality_of IS
    'quality of a layer as the public (published) or the staff (core) sees it; NULL where it is not seen at all';

CREATE TABLE publication.quality (
    layer_id    text PRIMARY KEY REFERENCES ngis.layer,
    measured_at timestamptz NOT NULL,
    summary     jsonb NOT NULL
);
CREATE VIEW published.quality AS SELECT layer_id, measured_at, summary FROM publication.quality;

CREATE FUNCTION ngis.measure_quality(wanted text) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog AS $$
    DELETE FROM publication.quality WHERE layer_id = wanted;
    INSERT INTO publication.quality (layer_id, measured_at, summary)
    SELECT id, now(), measured.summary
      FROM ngis.layer CROSS JOIN LATERAL (SELECT ngis.quality_of(id, 'published') AS summary OFFSET 0) AS measured
     WHERE id = wanted AND published_revision IS NOT NULL AND measured.summary IS NOT NULL;
$$;
COMMENT ON FUNCTION ngis.measure_quality IS 'called in the transaction that changes what is published';

GRANT SELECT ON published.quality TO ngis_public, ngis_internal;
GRANT SELECT ON publication.quality TO ngis_internal, ngis_ingest;
REVOKE EXECUTE ON FUNCTION ngis.quality_of, ngis.measure_quality FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngis.quality_of TO ngis_internal;

SELECT ngis.measure_quality(id) FROM ngis.layer WHERE published_revision IS NOT NULL;
