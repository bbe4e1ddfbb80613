-- A certificate names the one it renews or replaces, and that one names it. corrected says that the record was wrong and a
-- new one stands in its place.

-- owner: certificate
ALTER TABLE certificate ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN corrected BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX certificate_replaces ON certificate (replaces) WHERE replaces <> '';
CREATE INDEX certificate_person ON certificate (person);
