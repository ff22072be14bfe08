-- Results of analyses, kept under a name: each is a layer (id `result-…`) whose rows came as the file that the analysis made
-- (raw.file).  This says how the layer is declared, and how the result was made, so that it can be made again.

CREATE TABLE ngis.result (
    layer_id    text PRIMARY KEY REFERENCES ngis.layer,
    name        text NOT NULL UNIQUE,
    declaration jsonb NOT NULL,      -- what the layer is: title, geometry, columns
    process_id  text NOT NULL,
    inputs      jsonb,               -- as they were asked; NULL: with personal data, which is not kept
    about       jsonb NOT NULL,      -- headline, parameters, assumptions, versions of data and code, notes
    file_sha256 text NOT NULL REFERENCES raw.file (sha256),
    kept_by     text NOT NULL,
    kept_at     timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON ngis.result TO ngis_internal, ngis_ingest;

-- What the public sees of those that were published: not the inputs, which may hold what others gave, nor who kept it.
CREATE VIEW published.result AS
    SELECT r.layer_id, r.name, r.declaration, r.process_id, NULL::jsonb AS inputs, r.about, r.file_sha256, r.kept_at
      FROM ngis.result AS r JOIN ngis.layer AS l ON l.id = r.layer_id
     WHERE l.published_revision IS NOT NULL;
GRANT SELECT ON published.result TO ngis_public, ngis_internal;
