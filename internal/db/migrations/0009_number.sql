-- A check by number takes the newest of its certificates straight from the index, without sorting.

-- owner: certificate
DROP INDEX certificate_number;
CREATE INDEX certificate_number ON certificate (number_key, issued_on, id);
