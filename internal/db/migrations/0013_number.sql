-- A check by number reads few pages among ten million: what stood behind the number in this index was not worth its place.
-- A body looks for its own numbers in an index of its own.

-- owner: certificate
DROP INDEX certificate_number;
CREATE INDEX certificate_number ON certificate (number_key);
CREATE INDEX certificate_lsp_number ON certificate (lsp, number_key);
