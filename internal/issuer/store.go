package issuer

import (
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/organisation"
)

const columns = "org, id, kind, no, public, state, since, ended_at, handle, certificate"

func fields(k *Key) []any {
	return []any{&k.Org, &k.ID, &k.Kind, &k.No, &k.Public, &k.State, &k.Since, &k.Ended, &k.handle, &k.Certificate}
}

// Keys are the keys of a body that ever were, by number: anyone may know them.
func Keys(tx *db.Tx, _ auth.Actor, org auth.OrgID) ([]Key, error) {
	return db.All(tx, fields, "SELECT "+columns+" FROM signing_key WHERE org = $1 ORDER BY kind, no", string(org))
}

// AllKeys are the keys of every body, for who checks without asking again.
func AllKeys(tx *db.Tx, _ auth.Actor) ([]Key, error) {
	return db.All(tx, fields, "SELECT "+columns+" FROM signing_key ORDER BY org, kind, no")
}

func one(tx *db.Tx, org auth.OrgID, key KeyID) (Key, error) {
	return db.One(tx, fields, "SELECT "+columns+" FROM signing_key WHERE org = $1 AND id = $2", string(org), string(key))
}

// KeyOf is one key of a body.
func KeyOf(tx *db.Tx, _ auth.Actor, org auth.OrgID, key KeyID) (Key, error) { return one(tx, org, key) }

func last(tx *db.Tx, org auth.OrgID, kind Kind) (no int, err error) {
	err = tx.Get("SELECT COALESCE(MAX(no), 0) FROM signing_key WHERE org = $1 AND kind = $2", []any{string(org), string(kind)}, &no)
	return no, err
}

func insert(tx *db.Tx, k Key, state flow.State) error {
	_, err := tx.Exec("INSERT INTO signing_key (org, id, kind, no, public, state, since, handle, certificate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		string(k.Org), string(k.ID), string(k.Kind), k.No, k.Public, string(state), k.Since, k.handle, k.Certificate)
	return err
}

func end(tx *db.Tx, k Key, state flow.State) error {
	return tx.Change("UPDATE signing_key SET state = $3, ended_at = $4 WHERE org = $1 AND id = $2 AND state <> $3", string(k.Org), string(k.ID), string(state), db.At(tx.Now()))
}

// ByPath is the body whose document stands at a path of the installation; the installation itself for none.
func ByPath(tx *db.Tx, actor auth.Actor, path string) (organisation.Org, error) {
	kind, name, _ := strings.Cut(path, "/")
	var id auth.OrgID
	var err error
	switch kind {
	case "":
		return organisation.Org{}, nil
	case "bnsp":
		err = tx.Get("SELECT id FROM organisation WHERE kind = 'bnsp' ORDER BY id LIMIT 1", nil, &id)
	case "lsp":
		err = tx.Get("SELECT id FROM organisation WHERE code = $1 AND code <> '' ORDER BY id LIMIT 1", []any{name}, &id)
	default:
		id = auth.OrgID(name)
	}
	if err != nil {
		return organisation.Org{}, err
	}
	o, err := organisation.Get(tx, actor, id)
	if err == nil && Path(o) != path {
		return organisation.Org{}, fault.New(fault.NotFound, "db.not_found")
	}
	return o, err
}
