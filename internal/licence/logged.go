package licence

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/organisation"
	"kompeten/internal/tlog"
)

// public are the actions that the transparency log tells, so that nobody can say later that a body was licensed, or was
// not, on a day in the past.
var public = []flow.Action{"grant", "suspend_licence", "resume_licence", "widen_licence"}

// logged tells the transparency log what became of a licence, if the action is one that it tells.
func logged(tx *db.Tx, act flow.Action, org auth.OrgID, record string) error {
	if !slices.Contains(public, act) {
		return nil
	}
	all, err := licences(tx, org)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(l Licence) bool { return l.ID == record })
	if i < 0 {
		return fault.New(fault.NotFound, "db.not_found")
	}
	l := all[i]
	o, err := organisation.Get(tx, auth.Actor{System: "licence.log"}, org)
	if err != nil {
		return err
	}
	said, err := Statement(o, l)
	if err != nil {
		return err
	}
	events, err := tlog.Under(tx, l.ID+"/")
	if err != nil {
		return err
	}
	body := strings.ReplaceAll(l.Number, " ", "_") // one word, as the log wants it
	if body == "" {
		body = string(org)
	}
	return tlog.Append(tx, tlog.Leaf{Ref: fmt.Sprintf("%s/%d", l.ID, len(events)+1), Kind: tlog.Licence, Body: body, Doc: sha256.Sum256(said)})
}

// Statement is what the log's leaf of a licence is the hash of: all that is public about it, in one form, so that whoever
// has the facts can find them in the log.
func Statement(o organisation.Org, l Licence) ([]byte, error) {
	return json.Marshal(struct {
		Licence string   `json:"licence"`
		Body    string   `json:"body"`
		Number  string   `json:"number"`
		Decree  string   `json:"decree"`
		From    string   `json:"from"`
		Until   string   `json:"until"`
		State   string   `json:"state"`
		Scope   []string `json:"scope"`
	}{l.ID, o.Code, l.Number, l.Decree, string(l.ValidFrom), string(l.ValidUntil), string(l.State), scopeNames(l)})
}

// scopeNames are the schemes of a licence.
func scopeNames(l Licence) []string {
	out := make([]string, len(l.Schemes))
	for i, s := range l.Schemes {
		out[i] = string(s)
	}
	return out
}
