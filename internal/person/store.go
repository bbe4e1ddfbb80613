package person

import (
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/seal"
	"kompeten/internal/text"
)

var columnsIn = []string{"id", "name", "fold", "nik_hash", "nik_sealed", "birth_place", "birth_date", "sex", "address", "district",
	"phone_hash", "phone_sealed", "email", "education", "photo", "sample", "created_at", "version"}

func values(tx *db.Tx, box *seal.Box, p auth.PersonID, in Input, nik, phone []byte) []any {
	return []any{string(p), in.Name, text.Fold(in.Name), nik, sealed(box, "person.nik:", p, in.NIK), in.BirthPlace, string(in.BirthDate),
		in.Sex, in.Address, in.District, phone, sealed(box, "person.phone:", p, in.Phone), in.Email, in.Education, "", in.Sample, db.At(tx.Now()), 1}
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
	in = in.clean()
	return tx.Change(`UPDATE person SET name = $2, fold = $3, birth_place = $4, birth_date = $5, address = $6, email = $7, education = $8,
		phone_sealed = CASE WHEN $10 = '' THEN phone_sealed ELSE $11 END, phone_hash = CASE WHEN $10 = '' THEN phone_hash ELSE $9 END,
		version = version + 1 WHERE id = $1`, string(p), in.Name, text.Fold(in.Name), in.BirthPlace, string(in.BirthDate), in.Address, in.Email, in.Education,
		hashed(box, "phone", in.Phone), in.Phone, sealed(box, "person.phone:", p, in.Phone))
}

// Rename puts a person's name right. Its caller holds the Pass.
func Rename(tx *db.Tx, p auth.PersonID, name string) error {
	return tx.Change("UPDATE person SET name = $2, fold = $3, version = version + 1 WHERE id = $1", string(p), name, text.Fold(name))
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
