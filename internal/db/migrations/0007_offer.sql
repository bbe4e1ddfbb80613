-- owner: offer
CREATE TABLE offer (
	id TEXT PRIMARY KEY,
	certificate TEXT NOT NULL REFERENCES certificate (id),
	org TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'burned', 'withdrawn')),
	link_hash BYTEA NOT NULL UNIQUE,
	code_hash BYTEA NOT NULL UNIQUE,
	pin_hash BYTEA NOT NULL,
	wrong BIGINT NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	token_hash BYTEA UNIQUE,
	token_until TIMESTAMPTZ,
	formats TEXT NOT NULL, -- what the token is for
	made_by TEXT NOT NULL,
	made_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX offer_certificate ON offer (certificate, id);

-- owner: offer
CREATE TABLE offer_delivery (
	offer TEXT NOT NULL REFERENCES offer (id),
	format TEXT NOT NULL,
	holder TEXT NOT NULL, -- whose key it is bound to; empty for nobody's
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (offer, format)
);

-- owner: offer
CREATE TABLE offer_nonce (
	hash BYTEA PRIMARY KEY,
	expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX offer_nonce_expires ON offer_nonce (expires_at);

-- owner: reminder
CREATE TABLE reminder (
	certificate TEXT NOT NULL REFERENCES certificate (id),
	months BIGINT NOT NULL CHECK (months IN (6, 3, 1)),
	state TEXT NOT NULL CHECK (state IN ('due', 'sent')),
	made_at TIMESTAMPTZ NOT NULL,
	sent_at TIMESTAMPTZ,
	next_at TIMESTAMPTZ, -- when a letter is to be tried; none where there is nobody to write to, or nothing left to try
	tries BIGINT NOT NULL,
	PRIMARY KEY (certificate, months)
);
CREATE INDEX reminder_next ON reminder (next_at, certificate, months) WHERE next_at IS NOT NULL;
CREATE INDEX certificate_until ON certificate (valid_until, id) WHERE state = 'active';
