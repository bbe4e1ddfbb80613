-- What is asked for again and again is found without going through everything there is.

-- owner: person
CREATE INDEX consent_person ON consent (person, given_at, id);
-- owner: person
CREATE INDEX login_person ON login (person);
-- owner: programme
CREATE INDEX nominee_person ON nominee (person);
-- owner: decision
CREATE INDEX decision_assessment ON decision (assessment);
-- owner: jobs
CREATE INDEX job_key ON job (unique_key, created_at, id);
