-- Results that were removed: their layers are gone, and who removed them and when stays, as does the file (raw.file).

ALTER TABLE ngis.result
    ADD COLUMN removed_at   timestamptz,
    ADD COLUMN removed_by   text,
    ADD COLUMN removed_note text,
    ADD CONSTRAINT removed_by_somebody CHECK ((removed_at IS NULL) = (removed_by IS NULL));

CREATE OR REPLACE VIEW published.result AS
    SELECT r.layer_id, r.name, r.declaration, r.process_id, NULL::jsonb AS inputs, r.about, r.file_sha256, r.kept_at
      FROM ngis.result AS r JOIN ngis.layer AS l ON l.id = r.layer_id
     WHERE l.published_revision IS NOT NULL AND r.removed_at IS NULL;
