-- What of the holder is counted with a certificate: nothing, unless she agreed to statistics.
ALTER TABLE certificate ADD COLUMN regency TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN sex TEXT NOT NULL DEFAULT '';

UPDATE certificate SET
	regency = COALESCE((SELECT substr(a.district, 1, 5) FROM application a WHERE a.id = certificate.application AND a.district LIKE '__.__%'), ''),
	sex = COALESCE((SELECT p.sex FROM person p WHERE p.id = certificate.person), '')
WHERE EXISTS (SELECT 1 FROM consent k WHERE k.record = certificate.application AND k.purpose = 'statistics' AND k.withdrawn_at IS NULL);

-- owner: register
CREATE TABLE register_count (
	sample BOOLEAN NOT NULL,
	tab TEXT NOT NULL,
	a TEXT NOT NULL,
	b TEXT NOT NULL,
	state TEXT NOT NULL,
	until TEXT NOT NULL,
	part BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (sample, tab, a, b, state, until, part)
);

-- owner: register
CREATE TABLE register_counted (
	id TEXT PRIMARY KEY CHECK (id = 'whole'),
	at TIMESTAMPTZ NOT NULL
);

-- owner: register
CREATE TABLE business (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	fold TEXT NOT NULL,
	regency TEXT NOT NULL,
	org TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('listed', 'withdrawn')),
	sample BOOLEAN NOT NULL,
	listed_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL,
	UNIQUE (regency, fold)
);
CREATE INDEX business_fold ON business (fold, id);
CREATE INDEX business_org ON business (org, fold, id);

-- A certificate whose holder agreed to stand in the directory.
-- owner: register
CREATE TABLE listing (
	certificate TEXT PRIMARY KEY,
	application TEXT NOT NULL,
	scheme TEXT NOT NULL,
	regency TEXT NOT NULL,
	employer TEXT NOT NULL,
	fold TEXT NOT NULL,
	sample BOOLEAN NOT NULL
);
CREATE INDEX listing_application ON listing (application);
CREATE INDEX listing_fold ON listing (fold, certificate);
CREATE INDEX listing_scheme ON listing (scheme, fold, certificate);
CREATE INDEX listing_regency ON listing (regency, fold, certificate);
CREATE INDEX listing_both ON listing (regency, scheme, fold, certificate);
CREATE INDEX listing_employer ON listing (regency, employer, fold, certificate);
