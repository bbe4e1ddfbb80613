-- owner: paper
CREATE TABLE paper_seal (
	certificate TEXT NOT NULL REFERENCES certificate (id),
	digest BYTEA NOT NULL,
	seal BYTEA NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (certificate, digest)
);

-- owner: paper
CREATE TABLE paper_stamping (
	id TEXT PRIMARY KEY CHECK (id = 'on'),
	since TIMESTAMPTZ NOT NULL
);
