-- Jobs: runs of processes that nobody waits for, and their results (OGC API Processes).
--
-- Each face sees, makes and runs its own jobs only, which row security holds to whatever the programs do.  A job is known
-- by an id that cannot be guessed.  What was asked is kept until the job ends, what came out until it expires.

CREATE SCHEMA jobs;

CREATE TABLE jobs.job (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    face         text NOT NULL CHECK (face IN ('public', 'internal')),
    process_id   text NOT NULL,
    request      jsonb,                              -- inputs and outputs asked for; NULL once the job has ended
    response     text,                               -- in which form the results are handed over; NULL: as is best
    status       text NOT NULL DEFAULT 'accepted'
                 CHECK (status IN ('accepted', 'running', 'successful', 'failed', 'dismissed')),
    progress     smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    message      jsonb,                              -- {"ja": ..., "en": ...}
    problem      jsonb,                              -- of a failed job: {"kind": ..., "ja": ..., "en": ...}
    attempts     smallint NOT NULL DEFAULT 0,
    worker       uuid,                               -- who runs it
    heartbeat_at timestamptz,                        -- when that was last seen alive
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    finished_at  timestamptz,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    CHECK ((status = 'running') = (worker IS NOT NULL)),
    CHECK ((status IN ('accepted', 'running')) = (finished_at IS NULL)),
    CHECK (finished_at IS NULL OR request IS NULL)
);
CREATE INDEX job_waiting ON jobs.job (face, created_at) WHERE status = 'accepted';
CREATE INDEX job_running ON jobs.job (heartbeat_at) WHERE status = 'running';
CREATE INDEX job_listed ON jobs.job (face, created_at DESC, id);
CREATE INDEX job_expiring ON jobs.job (expires_at);
COMMENT ON COLUMN jobs.job.attempts IS 'how often it was taken up: a job whose worker died is taken up again';

CREATE TABLE jobs.result (
    job_id     uuid NOT NULL REFERENCES jobs.job ON DELETE CASCADE,
    output     text NOT NULL,
    ordinal    smallint NOT NULL,
    media_type text NOT NULL,
    content    bytea NOT NULL,
    PRIMARY KEY (job_id, output)
);
ALTER TABLE jobs.result ALTER COLUMN content SET STORAGE EXTENDED;

-- --- the faces, kept apart -----------------------------------------------------------------------------

ALTER TABLE jobs.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs.result ENABLE ROW LEVEL SECURITY;

CREATE POLICY public_face ON jobs.job TO ngis_public USING (face = 'public') WITH CHECK (face = 'public');
CREATE POLICY internal_face ON jobs.job TO ngis_internal USING (face = 'internal') WITH CHECK (face = 'internal');
-- A result is seen with its job: the subquery is under the policies of the one who asks.
CREATE POLICY of_own_job ON jobs.result TO ngis_public, ngis_internal
    USING (EXISTS (SELECT FROM jobs.job WHERE id = job_id));

GRANT USAGE ON SCHEMA jobs TO ngis_public, ngis_internal;
GRANT SELECT, DELETE ON jobs.job TO ngis_public, ngis_internal;
GRANT INSERT (face, process_id, request, response, message, expires_at) ON jobs.job TO ngis_public, ngis_internal;
GRANT UPDATE (request, status, progress, message, problem, attempts, worker, heartbeat_at, started_at, finished_at,
              updated_at, expires_at) ON jobs.job TO ngis_public, ngis_internal;
GRANT SELECT, INSERT ON jobs.result TO ngis_public, ngis_internal;

-- --- waking the workers --------------------------------------------------------------------------------

CREATE FUNCTION jobs.tell_workers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('ngis_jobs_' || NEW.face, '');  -- says that there is something to look at, and no more
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION jobs.tell_workers() FROM PUBLIC;
COMMENT ON FUNCTION jobs.tell_workers IS 'a job waits, or one was dismissed while it ran';

CREATE TRIGGER tell_workers AFTER INSERT OR UPDATE OF status ON jobs.job
    FOR EACH ROW WHEN (NEW.status IN ('accepted', 'dismissed')) EXECUTE FUNCTION jobs.tell_workers();
