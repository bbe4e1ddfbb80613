-- owner: issuer
CREATE TABLE signing_key (
	org TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('eddsa', 'es256')),
	no BIGINT NOT NULL,
	public BYTEA NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired', 'revoked')),
	since TIMESTAMPTZ NOT NULL,
	ended_at TIMESTAMPTZ,
	handle TEXT NOT NULL,
	certificate BYTEA,
	PRIMARY KEY (org, id),
	UNIQUE (org, kind, no)
);

-- owner: certificate
CREATE TABLE status_list (
	id TEXT PRIMARY KEY,
	org TEXT NOT NULL,
	no BIGINT NOT NULL,
	seed BYTEA NOT NULL,
	next BIGINT NOT NULL,
	changes BIGINT NOT NULL,
	UNIQUE (org, no)
);
