package certificate

import (
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/programme"
)

// Which decreed meetings: of an LSP, with a decree number, with files of a programme. What is empty does not count.
type Which struct {
	LSP       auth.OrgID
	Decree    string
	Programme programme.ID
}

// Decreed is a decreed meeting, how many certificates it granted, and how many of them are not issued yet.
type Decreed struct {
	Meeting decision.MeetingID
	LSP     auth.OrgID
	Decree  string
	Granted int
	Left    int
}

// DecreedMeetings are those that granted certificates, the oldest decree first. A meeting counts whole, also where only
// some of its files are of the programme.
func DecreedMeetings(tx *db.Tx, actor auth.Actor, w Which) ([]Decreed, error) {
	all, err := db.All(tx, func(d *Decreed) []any { return []any{&d.Meeting, &d.LSP, &d.Decree, &d.Granted, &d.Left} },
		`SELECT m.id, m.lsp, m.decree_number, COUNT(*), COUNT(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM certificate c WHERE c.application = d.application))
		FROM meeting m JOIN decision d ON d.meeting = m.id
		WHERE m.state = 'decreed' AND d.outcome = 'granted' AND (m.lsp = $1 OR $1 = '') AND (m.decree_number = $2 OR $2 = '')
		AND ($3 = '' OR EXISTS (SELECT 1 FROM decision x JOIN application a ON a.id = x.application WHERE x.meeting = m.id AND a.programme = $3))
		GROUP BY m.id, m.lsp, m.decree_number, m.decreed_at ORDER BY m.decreed_at, m.id`, string(w.LSP), w.Decree, string(w.Programme))
	var out []Decreed
	for _, d := range all {
		if actor.System != "" || actor.In(d.LSP) {
			out = append(out, d)
		}
	}
	return out, err
}
