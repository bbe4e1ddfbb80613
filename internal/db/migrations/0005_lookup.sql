-- owner: lookup
CREATE TABLE lookup_day (
	code TEXT NOT NULL,
	day TEXT NOT NULL,
	count BIGINT NOT NULL CHECK (count > 0),
	PRIMARY KEY (code, day)
);

-- owner: lookup
CREATE TABLE lookup_limit (
	address TEXT PRIMARY KEY,
	checks TIMESTAMPTZ NOT NULL,
	numbers TIMESTAMPTZ NOT NULL,
	misses TIMESTAMPTZ NOT NULL,
	until TIMESTAMPTZ NOT NULL
);
CREATE INDEX lookup_limit_until ON lookup_limit (until);
