-- owner: ledger
CREATE TABLE ledger_book (
	book TEXT PRIMARY KEY,
	seq BIGINT NOT NULL,
	hash BYTEA NOT NULL
);

-- owner: ledger
CREATE TABLE ledger (
	book TEXT NOT NULL,
	seq BIGINT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	record TEXT NOT NULL,
	action TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	reason TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (book, seq)
);
CREATE INDEX ledger_record ON ledger (record, at, seq);

-- owner: ledger
CREATE TABLE ledger_seal (
	book TEXT NOT NULL,
	seq BIGINT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	mac BYTEA NOT NULL,
	PRIMARY KEY (book, seq)
);

-- owner: jobs
CREATE TABLE job (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	args JSONB NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'failed')),
	run_at TIMESTAMPTZ NOT NULL,
	lease_until TIMESTAMPTZ,
	attempts BIGINT NOT NULL,
	last_error TEXT NOT NULL,
	unique_key TEXT,
	org TEXT NOT NULL,
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	finished_at TIMESTAMPTZ
);
CREATE INDEX job_ready ON job (run_at, id) WHERE state IN ('ready', 'running');
CREATE UNIQUE INDEX job_unique ON job (unique_key) WHERE state IN ('ready', 'running');

-- owner: number
CREATE TABLE number_rule (
	body TEXT NOT NULL,
	kind TEXT NOT NULL,
	pattern TEXT NOT NULL,
	width BIGINT NOT NULL,
	start BIGINT NOT NULL,
	reset TEXT NOT NULL CHECK (reset IN ('never', 'year')),
	PRIMARY KEY (body, kind)
);

-- owner: number
CREATE TABLE number_counter (
	body TEXT NOT NULL,
	kind TEXT NOT NULL,
	period TEXT NOT NULL,
	next BIGINT NOT NULL,
	PRIMARY KEY (body, kind, period)
);

-- owner: number
CREATE TABLE number_used (
	body TEXT NOT NULL,
	kind TEXT NOT NULL,
	period TEXT NOT NULL,
	serial BIGINT NOT NULL,
	text TEXT NOT NULL,
	record TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('used', 'void')),
	reason TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (body, kind, period, serial)
);

-- owner: region
CREATE TABLE region (
	code TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('province', 'regency', 'district')),
	parent TEXT NOT NULL,
	name TEXT NOT NULL,
	fold TEXT NOT NULL
);
CREATE INDEX region_parent ON region (parent, name, code);

-- owner: organisation
CREATE TABLE organisation (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('bnsp', 'lsp', 'lsk', 'training', 'local_office', 'company', 'msme', 'tuk_host')),
	lsp_type TEXT NOT NULL CHECK (lsp_type IN ('', 'P1', 'P2', 'P3')),
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	name_en TEXT NOT NULL,
	fold TEXT NOT NULL,
	regency TEXT NOT NULL,
	city TEXT NOT NULL,
	address TEXT NOT NULL,
	zone TEXT NOT NULL,
	head_name TEXT NOT NULL,
	head_title TEXT NOT NULL,
	head_title_en TEXT NOT NULL,
	sample BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX organisation_kind ON organisation (kind, fold, id);

-- owner: organisation
CREATE TABLE membership (
	org TEXT NOT NULL REFERENCES organisation (id),
	person TEXT NOT NULL,
	duty TEXT NOT NULL,
	since TEXT NOT NULL,
	until TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org, person, duty)
);
CREATE INDEX membership_person ON membership (person, org, duty);

-- owner: organisation
CREATE TABLE api_token (
	id TEXT PRIMARY KEY,
	org TEXT NOT NULL REFERENCES organisation (id),
	name TEXT NOT NULL,
	duty TEXT NOT NULL,
	hash BYTEA NOT NULL UNIQUE,
	created_by TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	revoked_at TIMESTAMPTZ
);

-- owner: organisation
CREATE TABLE api_reply (
	account TEXT NOT NULL, -- a token's id, or a person's
	key TEXT NOT NULL,
	request BYTEA NOT NULL,
	status BIGINT NOT NULL, -- 0 while the call is under way
	body TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (account, key)
);

-- owner: person
CREATE TABLE person (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	fold TEXT NOT NULL,
	nik_hash BYTEA UNIQUE,
	nik_sealed BYTEA,
	birth_place TEXT NOT NULL,
	birth_date TEXT NOT NULL,
	sex TEXT NOT NULL CHECK (sex IN ('', 'L', 'P')),
	address TEXT NOT NULL,
	district TEXT NOT NULL,
	phone_hash BYTEA,
	phone_sealed BYTEA,
	email TEXT NOT NULL,
	education TEXT NOT NULL,
	photo TEXT NOT NULL,
	sample BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX person_fold ON person (fold, id);

-- owner: person
CREATE TABLE account (
	person TEXT PRIMARY KEY REFERENCES person (id),
	password TEXT NOT NULL,
	lang TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);

-- owner: person
CREATE TABLE login (
	hash BYTEA PRIMARY KEY,
	person TEXT NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL CHECK (kind IN ('email', 'phone'))
);

-- owner: person
CREATE TABLE session (
	id TEXT PRIMARY KEY,
	hash BYTEA NOT NULL UNIQUE,
	person TEXT NOT NULL REFERENCES person (id),
	agent TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	seen_at TIMESTAMPTZ NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_person ON session (person, seen_at, id);

-- owner: person
CREATE TABLE link (
	id TEXT PRIMARY KEY,
	hash BYTEA NOT NULL UNIQUE,
	purpose TEXT NOT NULL CHECK (purpose IN ('invite', 'application', 'reset')),
	person TEXT NOT NULL,
	subject TEXT NOT NULL,
	org TEXT NOT NULL,
	duty TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	used_at TIMESTAMPTZ,
	revoked_at TIMESTAMPTZ
);
CREATE INDEX link_subject ON link (subject, purpose, id);
CREATE INDEX link_org ON link (org, purpose, id);

-- owner: person
CREATE TABLE throttle (
	key TEXT PRIMARY KEY,
	failures BIGINT NOT NULL,
	until TIMESTAMPTZ NOT NULL
);
CREATE INDEX throttle_until ON throttle (until);

-- owner: person
CREATE TABLE consent (
	id TEXT PRIMARY KEY,
	person TEXT NOT NULL REFERENCES person (id),
	purpose TEXT NOT NULL,
	text_version TEXT NOT NULL,
	lang TEXT NOT NULL,
	record TEXT NOT NULL,
	given_at TIMESTAMPTZ NOT NULL,
	withdrawn_at TIMESTAMPTZ
);
CREATE INDEX consent_record ON consent (record, purpose, id);

-- owner: person
CREATE TABLE relation (
	person TEXT NOT NULL REFERENCES person (id),
	candidate TEXT NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL CHECK (kind IN ('trainer', 'relative', 'employer')),
	since TEXT NOT NULL,
	until TEXT NOT NULL,
	note TEXT NOT NULL,
	declared_by TEXT NOT NULL,
	declared_at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (person, candidate, kind)
);

-- owner: standard
CREATE TABLE unit (
	code TEXT NOT NULL,
	edition BIGINT NOT NULL,
	key TEXT NOT NULL,
	title_id TEXT NOT NULL,
	title_en TEXT NOT NULL,
	decree TEXT NOT NULL,
	year BIGINT NOT NULL,
	standard TEXT NOT NULL,
	field TEXT NOT NULL,
	confidence TEXT NOT NULL,
	origin TEXT NOT NULL,
	doc JSONB NOT NULL,
	hash TEXT NOT NULL,
	used BOOLEAN NOT NULL,
	PRIMARY KEY (code, edition)
);
CREATE INDEX unit_key ON unit (key, edition);

-- owner: scheme
CREATE TABLE scheme (
	id TEXT PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	org TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('kkni', 'okupasi', 'klaster')),
	field TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL
);

-- owner: scheme
CREATE TABLE scheme_version (
	id TEXT PRIMARY KEY,
	scheme TEXT NOT NULL REFERENCES scheme (id),
	no BIGINT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
	used BOOLEAN NOT NULL,
	number TEXT NOT NULL,
	title_id TEXT NOT NULL,
	title_en TEXT NOT NULL,
	area_id TEXT NOT NULL,
	area_en TEXT NOT NULL,
	level BIGINT NOT NULL,
	kbli TEXT NOT NULL,
	kbji TEXT NOT NULL,
	sector TEXT NOT NULL,
	validity_months BIGINT NOT NULL,
	min_electives BIGINT NOT NULL,
	sample BOOLEAN NOT NULL,
	doc JSONB NOT NULL,
	hash TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL,
	UNIQUE (scheme, no)
);

-- owner: scheme
CREATE TABLE scheme_unit (
	scheme_version TEXT NOT NULL REFERENCES scheme_version (id),
	no BIGINT NOT NULL,
	code TEXT NOT NULL,
	edition BIGINT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('core', 'elective')),
	grp TEXT NOT NULL,
	PRIMARY KEY (scheme_version, code),
	FOREIGN KEY (code, edition) REFERENCES unit (code, edition)
);

-- owner: licence
CREATE TABLE licence (
	id TEXT PRIMARY KEY,
	org TEXT NOT NULL REFERENCES organisation (id),
	number TEXT NOT NULL,
	decree TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
	version BIGINT NOT NULL
);
CREATE INDEX licence_org ON licence (org, valid_from, id);

-- owner: licence
CREATE TABLE licence_scope (
	licence TEXT NOT NULL REFERENCES licence (id),
	scheme TEXT NOT NULL REFERENCES scheme (id),
	PRIMARY KEY (licence, scheme)
);

-- owner: licence
CREATE TABLE assessor (
	id TEXT PRIMARY KEY,
	person TEXT NOT NULL REFERENCES person (id),
	org TEXT NOT NULL REFERENCES organisation (id),
	met TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
	version BIGINT NOT NULL,
	UNIQUE (org, person)
);

-- owner: licence
CREATE TABLE assessor_scope (
	assessor TEXT NOT NULL REFERENCES assessor (id),
	scheme TEXT NOT NULL REFERENCES scheme (id),
	PRIMARY KEY (assessor, scheme)
);

-- owner: licence
CREATE TABLE tuk (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('sewaktu', 'tempat_kerja', 'mandiri')),
	lsp TEXT NOT NULL REFERENCES organisation (id),
	host TEXT NOT NULL,
	address TEXT NOT NULL,
	regency TEXT NOT NULL,
	capacity BIGINT NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX tuk_lsp ON tuk (lsp, name, id);

-- owner: licence
CREATE TABLE tuk_verification (
	id TEXT PRIMARY KEY,
	tuk TEXT NOT NULL REFERENCES tuk (id),
	scheme TEXT NOT NULL REFERENCES scheme (id),
	valid_from TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	verifier TEXT NOT NULL,
	note TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL
);
CREATE INDEX tuk_verification_tuk ON tuk_verification (tuk, scheme, valid_from, id);

-- owner: licence
CREATE TABLE blank_range (
	id TEXT PRIMARY KEY,
	org TEXT NOT NULL REFERENCES organisation (id),
	prefix TEXT NOT NULL,
	width BIGINT NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	next BIGINT NOT NULL,
	received_on TEXT NOT NULL,
	CHECK (first <= last AND next >= first AND next <= last + 1),
	UNIQUE (org, prefix, first)
);

-- owner: licence
CREATE TABLE blank (
	org TEXT NOT NULL,
	serial TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('used', 'spoiled', 'returned', 'lost', 'void')),
	certificate TEXT NOT NULL,
	reason TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (org, serial)
);

-- owner: programme
CREATE TABLE programme (
	id TEXT PRIMARY KEY,
	office TEXT NOT NULL REFERENCES organisation (id),
	lsp TEXT NOT NULL REFERENCES organisation (id),
	title TEXT NOT NULL,
	decree TEXT NOT NULL,
	year BIGINT NOT NULL,
	funding BIGINT NOT NULL CHECK (funding BETWEEN 1 AND 6),
	giver BIGINT NOT NULL,
	budget BIGINT NOT NULL CHECK (budget >= 0),
	unit_cost BIGINT NOT NULL CHECK (unit_cost >= 0),
	seats BIGINT NOT NULL,
	taken BIGINT NOT NULL CHECK (taken >= 0 AND taken <= seats),
	place TEXT NOT NULL,
	regency TEXT NOT NULL,
	held_on TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'frozen', 'closed', 'cancelled')),
	snapshot TEXT NOT NULL,
	sample BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX programme_office ON programme (office, created_at, id);
CREATE INDEX programme_lsp ON programme (lsp, created_at, id);

-- owner: programme
CREATE TABLE programme_scheme (
	programme TEXT NOT NULL REFERENCES programme (id),
	scheme_version TEXT NOT NULL REFERENCES scheme_version (id),
	PRIMARY KEY (programme, scheme_version)
);

-- owner: programme
CREATE TABLE upload (
	id TEXT PRIMARY KEY,
	programme TEXT NOT NULL REFERENCES programme (id),
	file_name TEXT NOT NULL,
	blob TEXT NOT NULL,
	layout JSONB NOT NULL,
	row_count BIGINT NOT NULL,
	by_person TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL
);
CREATE INDEX upload_programme ON upload (programme, at, id);

-- owner: programme
CREATE TABLE list_row (
	id TEXT PRIMARY KEY,
	programme TEXT NOT NULL REFERENCES programme (id),
	upload TEXT NOT NULL REFERENCES upload (id),
	sheet TEXT NOT NULL,
	row_no BIGINT NOT NULL,
	nik_hash BYTEA,
	match_key TEXT NOT NULL,
	content_hash TEXT NOT NULL,
	sealed BYTEA NOT NULL,
	name TEXT NOT NULL,
	fold TEXT NOT NULL,
	codes TEXT NOT NULL,
	worst TEXT NOT NULL CHECK (worst IN ('none', 'info', 'warning', 'error')),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'good', 'nominated', 'dropped')),
	district TEXT NOT NULL,
	sector TEXT NOT NULL,
	employer TEXT NOT NULL,
	nominee TEXT NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX list_row_programme ON list_row (programme, row_no, id);
CREATE INDEX list_row_match ON list_row (programme, match_key);

-- owner: programme
CREATE TABLE nominee (
	id TEXT PRIMARY KEY,
	programme TEXT NOT NULL REFERENCES programme (id),
	person TEXT NOT NULL REFERENCES person (id),
	list_row TEXT NOT NULL,
	scheme_version TEXT NOT NULL REFERENCES scheme_version (id),
	district TEXT NOT NULL,
	sector TEXT NOT NULL,
	employer TEXT NOT NULL,
	place BIGINT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('seated', 'waitlisted', 'withdrawn')),
	at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL,
	UNIQUE (programme, person)
);
CREATE INDEX nominee_place ON nominee (programme, place, id);

-- owner: application
CREATE TABLE application (
	id TEXT PRIMARY KEY,
	programme TEXT NOT NULL,
	nominee TEXT NOT NULL,
	person TEXT NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,
	fold TEXT NOT NULL,
	lsp TEXT NOT NULL REFERENCES organisation (id),
	office TEXT NOT NULL,
	scheme_version TEXT NOT NULL REFERENCES scheme_version (id),
	funding BIGINT NOT NULL,
	giver BIGINT NOT NULL,
	district TEXT NOT NULL,
	sector TEXT NOT NULL,
	employer TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'returned', 'accepted', 'rejected', 'withdrawn')),
	stage TEXT NOT NULL,
	note TEXT NOT NULL,
	confirmed_at TIMESTAMPTZ,
	submitted_at TIMESTAMPTZ,
	accepted_at TIMESTAMPTZ,
	sample BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);
CREATE UNIQUE INDEX application_open ON application (person, scheme_version) WHERE state IN ('draft', 'submitted', 'returned');
CREATE UNIQUE INDEX application_nominee ON application (nominee) WHERE nominee <> '';
CREATE INDEX application_lsp ON application (lsp, fold, id);
CREATE INDEX application_lsp_stage ON application (lsp, stage, fold, id);
CREATE INDEX application_office ON application (office, fold, id);
CREATE INDEX application_programme ON application (programme, fold, id);
CREATE INDEX application_figures ON application (programme, stage, district, sector);

-- owner: application
CREATE TABLE application_word (
	lsp TEXT NOT NULL,
	word TEXT NOT NULL,
	application TEXT NOT NULL REFERENCES application (id),
	PRIMARY KEY (lsp, word, application)
);
CREATE INDEX application_word_of ON application_word (application);

-- owner: application
CREATE TABLE application_check (
	application TEXT NOT NULL REFERENCES application (id),
	requirement TEXT NOT NULL,
	verdict TEXT NOT NULL CHECK (verdict IN ('meets', 'fails', 'missing')),
	note TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (application, requirement)
);

-- owner: application
CREATE TABLE application_file (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL REFERENCES application (id),
	requirement TEXT NOT NULL,
	blob TEXT NOT NULL,
	name TEXT NOT NULL,
	mime TEXT NOT NULL,
	size BIGINT NOT NULL,
	by_person TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL
);
CREATE INDEX application_file_application ON application_file (application, requirement, at, id);

-- One person has at most one of these duties in a case: who assessed or trained never votes (ISO/IEC 17024 9.4.4).
-- owner: application
CREATE TABLE case_duty (
	application TEXT NOT NULL REFERENCES application (id),
	person TEXT NOT NULL REFERENCES person (id),
	duty TEXT NOT NULL CHECK (duty IN ('candidate', 'trainer', 'assessor', 'committee')),
	PRIMARY KEY (application, person),
	UNIQUE (application, person, duty)
);

-- owner: assessment
CREATE TABLE schedule (
	id TEXT PRIMARY KEY,
	lsp TEXT NOT NULL REFERENCES organisation (id),
	programme TEXT NOT NULL,
	scheme_version TEXT NOT NULL REFERENCES scheme_version (id),
	tuk TEXT NOT NULL REFERENCES tuk (id),
	held_on TEXT NOT NULL,
	starts TEXT NOT NULL,
	capacity BIGINT NOT NULL,
	taken BIGINT NOT NULL CHECK (taken >= 0 AND taken <= capacity),
	load_limit BIGINT NOT NULL,
	load_reason TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'assigned', 'done', 'cancelled')),
	letter_number TEXT NOT NULL,
	letter_date TEXT NOT NULL,
	sample BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX schedule_lsp ON schedule (lsp, held_on, id);

-- owner: assessment
CREATE TABLE schedule_assessor (
	schedule TEXT NOT NULL REFERENCES schedule (id),
	person TEXT NOT NULL REFERENCES person (id),
	assessor TEXT NOT NULL REFERENCES assessor (id),
	PRIMARY KEY (schedule, person)
);
CREATE INDEX schedule_assessor_person ON schedule_assessor (person, schedule);

-- owner: assessment
CREATE TABLE assessment (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL UNIQUE REFERENCES application (id),
	schedule TEXT NOT NULL REFERENCES schedule (id),
	lsp TEXT NOT NULL,
	person TEXT NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,
	fold TEXT NOT NULL,
	assessor TEXT NOT NULL,
	duty TEXT NOT NULL CHECK (duty = 'assessor'),
	state TEXT NOT NULL CHECK (state IN ('planned', 'consented', 'running', 'recommended', 'absent', 'postponed')),
	recommendation TEXT NOT NULL CHECK (recommendation IN ('', 'K', 'BK')),
	note TEXT NOT NULL,
	consented_at TIMESTAMPTZ,
	started_at TIMESTAMPTZ,
	finished_at TIMESTAMPTZ,
	version BIGINT NOT NULL,
	FOREIGN KEY (application, assessor, duty) REFERENCES case_duty (application, person, duty)
);
CREATE INDEX assessment_schedule ON assessment (schedule, fold, id);
CREATE INDEX assessment_assessor ON assessment (assessor, state, id);
CREATE INDEX assessment_lsp ON assessment (lsp, state, id);

-- owner: assessment
CREATE TABLE assessment_mark (
	assessment TEXT NOT NULL REFERENCES assessment (id),
	unit TEXT NOT NULL,
	criterion TEXT NOT NULL,
	mark TEXT NOT NULL CHECK (mark IN ('yes', 'no', 'not_observed')),
	note TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (assessment, unit, criterion)
);

-- owner: assessment
CREATE TABLE assessment_unit (
	assessment TEXT NOT NULL REFERENCES assessment (id),
	unit TEXT NOT NULL,
	recommendation TEXT NOT NULL CHECK (recommendation IN ('K', 'BK')),
	reason TEXT NOT NULL,
	PRIMARY KEY (assessment, unit)
);

-- owner: assessment
CREATE TABLE assessment_form (
	assessment TEXT NOT NULL REFERENCES assessment (id),
	code TEXT NOT NULL,
	edition TEXT NOT NULL,
	doc JSONB NOT NULL,
	candidate_at TIMESTAMPTZ,
	assessor_at TIMESTAMPTZ,
	PRIMARY KEY (assessment, code)
);

-- owner: decision
CREATE TABLE meeting (
	id TEXT PRIMARY KEY,
	lsp TEXT NOT NULL REFERENCES organisation (id),
	held_on TEXT NOT NULL,
	place TEXT NOT NULL,
	quorum BIGINT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'decreed', 'cancelled')),
	minutes_number TEXT NOT NULL,
	decree_number TEXT NOT NULL,
	decree_date TEXT NOT NULL,
	note TEXT NOT NULL,
	sample BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	closed_at TIMESTAMPTZ,
	decreed_at TIMESTAMPTZ,
	version BIGINT NOT NULL
);
CREATE INDEX meeting_lsp ON meeting (lsp, held_on, id);
CREATE INDEX meeting_open ON meeting (lsp, id) WHERE state = 'open';

-- owner: decision
CREATE TABLE meeting_member (
	meeting TEXT NOT NULL REFERENCES meeting (id),
	person TEXT NOT NULL REFERENCES person (id),
	role TEXT NOT NULL CHECK (role IN ('chair', 'member')),
	PRIMARY KEY (meeting, person)
);

-- owner: decision
CREATE TABLE decision (
	id TEXT PRIMARY KEY,
	meeting TEXT NOT NULL REFERENCES meeting (id),
	application TEXT NOT NULL REFERENCES application (id),
	assessment TEXT NOT NULL REFERENCES assessment (id),
	recommendation TEXT NOT NULL CHECK (recommendation IN ('K', 'BK')),
	outcome TEXT NOT NULL CHECK (outcome IN ('', 'granted', 'refused', 'deferred')),
	exception BOOLEAN NOT NULL,
	reason TEXT NOT NULL,
	replaces TEXT NOT NULL,
	decided_at TIMESTAMPTZ,
	version BIGINT NOT NULL,
	UNIQUE (meeting, application)
);
CREATE INDEX decision_application ON decision (application, id);
CREATE INDEX decision_meeting ON decision (meeting, id);
CREATE UNIQUE INDEX decision_final ON decision (application) WHERE outcome IN ('granted', 'refused') AND replaces = '';

-- owner: decision
CREATE TABLE vote (
	decision TEXT NOT NULL REFERENCES decision (id),
	person TEXT NOT NULL,
	application TEXT NOT NULL,
	duty TEXT NOT NULL CHECK (duty = 'committee'),
	choice TEXT NOT NULL CHECK (choice IN ('grant', 'refuse', 'defer', 'abstain')),
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (decision, person),
	FOREIGN KEY (application, person, duty) REFERENCES case_duty (application, person, duty)
);

-- owner: certificate
CREATE TABLE certificate_face (
	id TEXT PRIMARY KEY,
	doc JSONB NOT NULL
);

-- owner: certificate
CREATE TABLE certificate (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL UNIQUE REFERENCES application (id),
	decision TEXT NOT NULL,
	meeting TEXT NOT NULL,
	programme TEXT NOT NULL,
	lsp TEXT NOT NULL,
	person TEXT NOT NULL,
	scheme_version TEXT NOT NULL,
	code TEXT NOT NULL UNIQUE,
	number TEXT NOT NULL,
	number_key TEXT NOT NULL,
	registration TEXT NOT NULL,
	blank TEXT NOT NULL,
	name TEXT NOT NULL,
	fold TEXT NOT NULL,
	issued_on TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'revoked')),
	face TEXT NOT NULL REFERENCES certificate_face (id),
	photo TEXT NOT NULL,
	public TEXT NOT NULL,
	handed_at TIMESTAMPTZ,
	handed_note TEXT NOT NULL,
	sample BOOLEAN NOT NULL,
	version BIGINT NOT NULL,
	signing_key TEXT NOT NULL,
	signed_at TIMESTAMPTZ NOT NULL,
	signature BYTEA NOT NULL,
	qr_signature BYTEA NOT NULL,
	status_list TEXT NOT NULL,
	status_index BIGINT NOT NULL,
	UNIQUE (lsp, number),
	UNIQUE (status_list, status_index)
);
CREATE INDEX certificate_status ON certificate (status_list, state, status_index) WHERE state <> 'active';
CREATE INDEX certificate_number ON certificate (number_key);
CREATE INDEX certificate_lsp ON certificate (lsp, issued_on, id);
CREATE INDEX certificate_programme ON certificate (programme, fold, id);
CREATE INDEX certificate_meeting ON certificate (meeting, fold, id);
CREATE INDEX certificate_unhanded ON certificate (lsp, issued_on, id) WHERE state = 'active' AND handed_at IS NULL;

-- owner: certificate
CREATE TABLE certificate_word (
	lsp TEXT NOT NULL,
	word TEXT NOT NULL,
	certificate TEXT NOT NULL REFERENCES certificate (id),
	PRIMARY KEY (lsp, word, certificate)
);

-- owner: certificate
CREATE TABLE certificate_event (
	certificate TEXT NOT NULL REFERENCES certificate (id),
	no BIGINT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	action TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	actor TEXT NOT NULL,
	PRIMARY KEY (certificate, no)
);
CREATE INDEX certificate_event_status ON certificate_event (certificate, no) WHERE state <> 'active';

-- owner: seal
CREATE TABLE data_key (
	id TEXT PRIMARY KEY,
	purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index')),
	no BIGINT NOT NULL,
	master TEXT NOT NULL,
	wrapped BYTEA NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	UNIQUE (purpose, no)
);
