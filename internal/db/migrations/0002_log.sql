-- owner: tlog
CREATE TABLE log_leaf (
	ref TEXT PRIMARY KEY,
	at TIMESTAMPTZ NOT NULL,
	body BYTEA NOT NULL,
	seq BIGINT,
	logged TIMESTAMPTZ,
	CHECK ((seq IS NULL) = (logged IS NULL))
);
CREATE UNIQUE INDEX log_leaf_seq ON log_leaf (seq) WHERE seq IS NOT NULL;
CREATE INDEX log_leaf_pending ON log_leaf (at, ref) WHERE seq IS NULL;

-- owner: tlog
CREATE TABLE log_tile (
	level BIGINT NOT NULL,
	n BIGINT NOT NULL,
	hashes BYTEA NOT NULL,
	PRIMARY KEY (level, n)
);

-- owner: tlog
CREATE TABLE log_state (
	origin TEXT PRIMARY KEY,
	size BIGINT NOT NULL,
	root BYTEA NOT NULL,
	logged TIMESTAMPTZ,
	signed BIGINT NOT NULL,
	note BYTEA NOT NULL
);

-- owner: tlog
CREATE TABLE log_checkpoint (
	size BIGINT PRIMARY KEY,
	at TIMESTAMPTZ NOT NULL,
	note BYTEA NOT NULL
);

-- owner: tlog
CREATE TABLE log_witness (
	origin TEXT PRIMARY KEY,
	size BIGINT NOT NULL,
	root BYTEA NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	note BYTEA NOT NULL
);
