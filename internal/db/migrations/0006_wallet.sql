-- owner: wallet
CREATE TABLE wallet_link (
	id TEXT PRIMARY KEY,
	hash BYTEA NOT NULL UNIQUE,
	person TEXT NOT NULL REFERENCES person (id),
	org TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
	created_by TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	opened BIGINT NOT NULL,
	opened_at TIMESTAMPTZ,
	version BIGINT NOT NULL
);
CREATE INDEX wallet_link_person ON wallet_link (person, id);
CREATE INDEX wallet_link_subject ON wallet_link (subject, id);

CREATE INDEX application_person ON application (person, lsp, office);

-- owner: wallet
CREATE TABLE wallet_share (
	id TEXT PRIMARY KEY,
	hash BYTEA NOT NULL UNIQUE,
	person TEXT NOT NULL REFERENCES person (id),
	purpose TEXT NOT NULL CHECK (purpose IN ('tender', 'job', 'other')),
	note TEXT NOT NULL,
	named BOOLEAN NOT NULL,
	until TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'withdrawn')),
	created_at TIMESTAMPTZ NOT NULL,
	withdrawn_at TIMESTAMPTZ,
	visits BIGINT NOT NULL,
	visited_at TIMESTAMPTZ,
	version BIGINT NOT NULL
);
CREATE INDEX wallet_share_person ON wallet_share (person, id);

-- owner: wallet
CREATE TABLE wallet_other (
	id TEXT PRIMARY KEY,
	person TEXT NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL CHECK (kind IN ('lsk', 'ministry', 'company', 'foreign', 'association', 'other')),
	issuer TEXT NOT NULL,
	title TEXT NOT NULL,
	number TEXT NOT NULL,
	issued_on TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	blob TEXT NOT NULL,
	file TEXT NOT NULL,
	mime TEXT NOT NULL,
	size BIGINT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('unchecked', 'checked', 'doubtful', 'removed')),
	recorded_by TEXT NOT NULL,
	recorder TEXT NOT NULL,
	recorded_at TIMESTAMPTZ NOT NULL,
	checker TEXT NOT NULL,
	checked_at TIMESTAMPTZ,
	check_note TEXT NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX wallet_other_person ON wallet_other (person, id);

-- owner: wallet
CREATE TABLE wallet_share_item (
	share TEXT NOT NULL REFERENCES wallet_share (id),
	no BIGINT NOT NULL,
	certificate TEXT REFERENCES certificate (id),
	other TEXT REFERENCES wallet_other (id),
	PRIMARY KEY (share, no),
	CHECK ((certificate IS NULL) <> (other IS NULL))
);

-- owner: wallet
CREATE TABLE wallet_correction (
	id TEXT PRIMARY KEY,
	certificate TEXT NOT NULL REFERENCES certificate (id),
	lsp TEXT NOT NULL,
	person TEXT NOT NULL REFERENCES person (id),
	part TEXT NOT NULL CHECK (part IN ('name', 'photo', 'scheme', 'dates', 'other')),
	text TEXT NOT NULL,
	blob TEXT NOT NULL,
	file TEXT NOT NULL,
	mime TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn')),
	asked_at TIMESTAMPTZ NOT NULL,
	answer TEXT NOT NULL,
	answerer TEXT NOT NULL,
	answered_at TIMESTAMPTZ,
	version BIGINT NOT NULL
);
CREATE INDEX wallet_correction_certificate ON wallet_correction (certificate, id);
CREATE INDEX wallet_correction_person ON wallet_correction (person, id);
CREATE INDEX wallet_correction_lsp ON wallet_correction (lsp, state, asked_at);
