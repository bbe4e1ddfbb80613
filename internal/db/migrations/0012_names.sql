-- A search by the words of a name knows the whole name, for the office that sent someone as for the LSP.

-- owner: application
CREATE TABLE application_name (
	org TEXT NOT NULL,
	word TEXT NOT NULL,
	application TEXT NOT NULL REFERENCES application (id),
	fold TEXT NOT NULL,
	PRIMARY KEY (org, word, application, fold)
);
INSERT INTO application_name (org, word, fold, application)
SELECT w.lsp, w.word, a.fold, a.id FROM application_word w JOIN application a ON a.id = w.application;
INSERT INTO application_name (org, word, fold, application)
SELECT a.office, w.word, a.fold, a.id FROM application_word w JOIN application a ON a.id = w.application WHERE a.office NOT IN ('', a.lsp);
DROP TABLE application_word;

-- owner: certificate
CREATE TABLE certificate_name (
	org TEXT NOT NULL,
	word TEXT NOT NULL,
	certificate TEXT NOT NULL REFERENCES certificate (id),
	fold TEXT NOT NULL,
	PRIMARY KEY (org, word, certificate, fold)
);
INSERT INTO certificate_name (org, word, fold, certificate)
SELECT w.lsp, w.word, c.fold, c.id FROM certificate_word w JOIN certificate c ON c.id = w.certificate;
DROP TABLE certificate_word;
