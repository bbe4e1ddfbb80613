-- A unit that a valid certificate attests already is not assessed anew.

-- owner: assessment
CREATE TABLE assessment_credit (
	assessment TEXT NOT NULL REFERENCES assessment (id),
	unit TEXT NOT NULL,
	certificate TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	evidence TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (assessment, unit)
);
