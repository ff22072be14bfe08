-- The log of what was released of personal data (分析用抽象化個人情報): counts by cell, as they were handed out, and by whose
-- approval.  The records themselves are nowhere.  What comes later is tested against all that is here, so nothing is ever
-- changed or removed.

CREATE TABLE ngis.personal_data_release (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    released_at timestamptz NOT NULL DEFAULT now(),
    subject     text NOT NULL,          -- of which records: releases of one subject are tested together
    purpose     text NOT NULL,
    approved_by text NOT NULL,
    first_day   date NOT NULL,
    last_day    date NOT NULL,
    mesh_level  smallint NOT NULL,
    k           smallint NOT NULL CHECK (k >= 3),
    content     jsonb NOT NULL,         -- cells, labels and counts, those withheld as null
    code        text NOT NULL,          -- version of the program
    CHECK (first_day <= last_day)
);
CREATE INDEX personal_data_release_of_subject ON ngis.personal_data_release (subject, number);

CREATE FUNCTION ngis.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
REVOKE EXECUTE ON FUNCTION ngis.refuse_change() FROM PUBLIC;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON ngis.personal_data_release
    FOR EACH STATEMENT EXECUTE FUNCTION ngis.refuse_change();

GRANT SELECT ON ngis.personal_data_release TO ngis_internal;
GRANT INSERT (subject, purpose, approved_by, first_day, last_day, mesh_level, k, content, code)
    ON ngis.personal_data_release TO ngis_internal;
