-- The quality of layers whose features are made public one by one: as they have no publication at which it could be
-- measured and kept, it is measured when it is asked for, of what the public sees.

CREATE FUNCTION ngis.released_quality(wanted text) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT ngis.quality_of(id, 'published') FROM ngis.layer WHERE id = wanted AND released_by IS NOT NULL;
$$;
COMMENT ON FUNCTION ngis.released_quality IS 'quality of such a layer as the public sees it; NULL of any other layer';
REVOKE EXECUTE ON FUNCTION ngis.released_quality FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngis.released_quality TO ngis_public, ngis_internal, ngis_ingest;

CREATE OR REPLACE VIEW published.quality AS
    SELECT layer_id, measured_at, summary FROM publication.quality
     WHERE layer_id NOT IN (SELECT id FROM ngis.layer WHERE released_by IS NOT NULL)
    UNION ALL
    SELECT measured.id, now(), measured.summary
      FROM (SELECT id, ngis.released_quality(id) AS summary FROM ngis.layer WHERE released_by IS NOT NULL AND revision > 0)
        AS measured
     WHERE measured.summary IS NOT NULL;
