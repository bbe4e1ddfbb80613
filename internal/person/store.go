package person

import (
	"encoding/hex"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/seal"
	"kompeten/internal/text"
)

var columnsIn = []string{"id", "name", "fold", "nik_hash", "nik_sealed", "birth_place", "birth_date", "sex", "address", "district",
	"phone_hash", "phone_sealed", "email", "education", "photo", "sample", "created_at", "version"}

func values(tx *db.Tx, box *seal.Box, p auth.PersonID, in Input) []any {
	return []any{string(p), in.Name, text.Fold(in.Name), hashed(box, "nik", in.NIK), sealed(box, "person.nik:", p, in.NIK), in.BirthPlace, string(in.BirthDate),
		in.Sex, in.Address, in.District, hashed(box, "phone", in.Phone), sealed(box, "person.phone:", p, in.Phone), in.Email, in.Education, "", in.Sample, db.At(tx.Now()), 1}
}

func hashed(box *seal.Box, purpose, value string) []byte {
	if value == "" {
		return nil
	}
	return box.Hash(purpose, value)
}

func sealed(box *seal.Box, place string, p auth.PersonID, value string) []byte {
	if value == "" {
		return nil
	}
	return box.Seal([]byte(value), place+string(p))
}

// findAll looks every NIK of a list up, many at a time; the key is the hash in hexadecimal.
func findAll(tx *db.Tx, box *seal.Box, ins []Input) (map[string]auth.PersonID, error) {
	known := map[string]auth.PersonID{}
	var hashes []any
	for _, in := range ins {
		if in.NIK != "" {
			hashes = append(hashes, NIKHash(box, in.NIK))
		}
	}
	type found struct {
		id   auth.PersonID
		hash []byte
	}
	for len(hashes) > 0 {
		n := min(len(hashes), 250)
		part := make([]any, 250) // always as many, so that the statement is prepared once
		copy(part, hashes[:n])
		got, err := db.All(tx, func(f *found) []any { return []any{&f.id, &f.hash} },
			"SELECT id, nik_hash FROM person WHERE nik_hash IN "+db.Places(1, 250)+" ORDER BY id", part...)
		if err != nil {
			return nil, err
		}
		for _, f := range got {
			known[hex.EncodeToString(f.hash)] = f.id
		}
		hashes = hashes[n:]
	}
	return known, nil
}

// complete fills in what was not known of a person; it changes nothing that was.
func complete(tx *db.Tx, box *seal.Box, p auth.PersonID, in Input) error {
	_, err := tx.Exec(`UPDATE person SET
		phone_sealed = CASE WHEN phone_hash IS NULL THEN $2 ELSE phone_sealed END, phone_hash = COALESCE(phone_hash, $3),
		email = CASE WHEN email = '' THEN $4 ELSE email END, address = CASE WHEN address = '' THEN $5 ELSE address END,
		district = CASE WHEN district = '' THEN $6 ELSE district END, education = CASE WHEN education = '' THEN $7 ELSE education END,
		sex = CASE WHEN sex = '' THEN $8 ELSE sex END, version = version + 1
		WHERE id = $1 AND (phone_hash IS NULL OR email = '' OR address = '' OR district = '' OR education = '' OR sex = '')`,
		string(p), sealed(box, "person.phone:", p, in.Phone), hashed(box, "phone", in.Phone), in.Email, in.Address, in.District, in.Education, in.Sex)
	return err
}

// Get is one person, masked. Everybody signed in may name a person whose id she was given.
func Get(tx *db.Tx, box *seal.Box, actor auth.Actor, p auth.PersonID) (Person, error) {
	if actor.Nobody() {
		return Person{}, fault.New(fault.NotFound, "db.not_found")
	}
	var got Person
	var nik, phone []byte
	err := tx.Get(`SELECT id, name, birth_place, birth_date, sex, address, district, email, education, photo, nik_sealed, phone_sealed, sample, version
		FROM person WHERE id = $1`, []any{string(p)}, &got.ID, &got.Name, &got.BirthPlace, &got.BirthDate, &got.Sex, &got.Address, &got.District,
		&got.Email, &got.Education, &got.Photo, &nik, &phone, &got.Sample, &got.Version)
	if err != nil {
		return got, err
	}
	plainNIK, plainPhone, err := openBoth(box, p, nik, phone)
	got.NIK, got.Phone = text.MaskNIK(plainNIK), text.MaskPhone(plainPhone)
	return got, err
}

func secrets(tx *db.Tx, box *seal.Box, p auth.PersonID) (string, string, error) {
	var nik, phone []byte
	if err := tx.Get("SELECT nik_sealed, phone_sealed FROM person WHERE id = $1", []any{string(p)}, &nik, &phone); err != nil {
		return "", "", err
	}
	return openBoth(box, p, nik, phone)
}

func openBoth(box *seal.Box, p auth.PersonID, nik, phone []byte) (string, string, error) {
	var out [2]string
	for i, v := range [][]byte{nik, phone} {
		if v == nil {
			continue
		}
		plain, err := box.Open(v, []string{"person.nik:", "person.phone:"}[i]+string(p))
		if err != nil {
			return "", "", err
		}
		out[i] = string(plain)
	}
	return out[0], out[1], nil
}

// Correct changes what a person says of herself: name, place and day of birth, address, e-mail, education. Its
// caller holds the Pass.
func Correct(tx *db.Tx, box *seal.Box, p auth.PersonID, in Input) error {
	return tx.Change(`UPDATE person SET name = $2, fold = $3, birth_place = $4, birth_date = $5, address = $6, email = $7, education = $8,
		phone_sealed = CASE WHEN $10 = '' THEN phone_sealed ELSE $11 END, phone_hash = CASE WHEN $10 = '' THEN phone_hash ELSE $9 END,
		version = version + 1 WHERE id = $1`, string(p), in.Name, text.Fold(in.Name), in.BirthPlace, string(in.BirthDate), in.Address, in.Email, in.Education,
		hashed(box, "phone", in.Phone), in.Phone, sealed(box, "person.phone:", p, in.Phone))
}

// SetPhoto notes the name of a person's portrait file. Its caller holds the Pass.
func SetPhoto(tx *db.Tx, p auth.PersonID, file string) error {
	return tx.Change("UPDATE person SET photo = $2, version = version + 1 WHERE id = $1", string(p), file)
}

// Names gives the names of persons, for lists; the caller has checked that the actor may see them.
func Names(tx *db.Tx, actor auth.Actor, ids []auth.PersonID) (map[auth.PersonID]string, error) {
	out := map[auth.PersonID]string{}
	for _, p := range ids {
		if _, done := out[p]; done || actor.Nobody() {
			continue
		}
		var name string
		if err := tx.Get("SELECT name FROM person WHERE id = $1", []any{string(p)}, &name); err != nil {
			return nil, err
		}
		out[p] = name
	}
	return out, nil
}

// BirthDate is when a person was born, for rules about age; the caller holds a case with her.
func BirthDate(tx *db.Tx, _ auth.Actor, p auth.PersonID) (d date.Date, err error) {
	err = tx.Get("SELECT birth_date FROM person WHERE id = $1", []any{string(p)}, &d)
	return d, err
}
