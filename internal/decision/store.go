package decision

import (
	"slices"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
)

const meetingColumns = `id, lsp, held_on, place, quorum, state, minutes_number, decree_number, decree_date, note, sample, closed_at, decreed_at, version`

type meetingRow struct {
	Meeting
	closed, decreed db.Time
}

func meetingFields(m *meetingRow) []any {
	return []any{&m.ID, &m.LSP, &m.HeldOn, &m.Place, &m.Quorum, &m.State, &m.MinutesNumber, &m.DecreeNumber, &m.DecreeDate, &m.Note, &m.Sample, &m.closed, &m.decreed, &m.Version}
}

func (m meetingRow) whole() Meeting {
	m.ClosedAt, m.DecreedAt = m.closed.Time, m.decreed.Time
	return m.Meeting
}

// GetMeeting is one meeting with its members, for the people of its LSP.
func GetMeeting(tx *db.Tx, actor auth.Actor, id MeetingID) (Meeting, error) {
	r, err := db.One(tx, meetingFields, "SELECT "+meetingColumns+" FROM meeting WHERE id = $1", string(id))
	if err != nil {
		return Meeting{}, err
	}
	if !actor.In(r.LSP) && actor.System == "" {
		return Meeting{}, fault.New(fault.NotFound, "db.not_found")
	}
	m := r.whole()
	m.Members, err = db.All(tx, func(x *Member) []any { return []any{&x.Person, &x.Role, &x.Name} },
		"SELECT m.person, m.role, p.name FROM meeting_member m JOIN person p ON p.id = m.person WHERE m.meeting = $1 ORDER BY m.role, p.fold, m.person", string(id))
	return m, err
}

// Meetings is the LSP's meetings, the latest first.
func Meetings(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) ([]Meeting, error) {
	if !actor.In(lsp) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	rows, err := db.All(tx, meetingFields, "SELECT "+meetingColumns+" FROM meeting WHERE lsp = $1 ORDER BY held_on DESC, id DESC LIMIT 200", string(lsp))
	out := make([]Meeting, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out, err
}

type row struct {
	Decision
	at db.Time
}

func fields(d *row) []any {
	return []any{&d.ID, &d.Meeting, &d.Application, &d.Assessment, &d.Name, &d.Recommendation, &d.Outcome, &d.Exception, &d.Reason, &d.at}
}

const selectCases = `SELECT d.id, d.meeting, d.application, d.assessment, a.name, d.recommendation, d.outcome, d.exception, d.reason, d.decided_at
	FROM decision d JOIN application a ON a.id = d.application WHERE `

func cases(tx *db.Tx, query string, args ...any) ([]Decision, error) {
	rows, err := db.All(tx, fields, query, args...)
	out := make([]Decision, len(rows))
	for i, r := range rows {
		out[i] = r.Decision
		out[i].DecidedAt = r.at.Time
	}
	return out, err
}

// Cases is every case of a meeting, by name.
func Cases(tx *db.Tx, actor auth.Actor, m MeetingID) ([]Decision, error) {
	if _, err := GetMeeting(tx, actor, m); err != nil {
		return nil, err
	}
	return cases(tx, selectCases+"d.meeting = $1 ORDER BY a.fold, d.id", string(m))
}

// Ready is the LSP's recommended assessments that are on no committee's agenda.
func Ready(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) ([]assessment.Assessment, error) {
	all, err := assessment.Undecided(tx, actor, lsp)
	if err != nil {
		return nil, err
	}
	busy, err := db.Column[assessment.ID](tx, `SELECT d.assessment FROM decision d JOIN meeting m ON m.id = d.meeting
		WHERE m.lsp = $1 AND m.state = 'open' ORDER BY d.assessment`, string(lsp))
	var out []assessment.Assessment
	for _, a := range all {
		if _, on := slices.BinarySearch(busy, a.ID); !on {
			out = append(out, a)
		}
	}
	return out, err
}

// Of is the decisions on an application, the first first, for those who may see it.
func Of(tx *db.Tx, actor auth.Actor, a application.ID) ([]Decision, error) {
	if _, err := application.Get(tx, actor, a); err != nil {
		return nil, err
	}
	return cases(tx, selectCases+"d.application = $1 ORDER BY d.id", string(a))
}

// MyVotes is what the actor voted in a meeting, by case.
func MyVotes(tx *db.Tx, actor auth.Actor, m MeetingID) (map[ID]string, error) {
	type v struct {
		id     ID
		choice string
	}
	rows, err := db.All(tx, func(x *v) []any { return []any{&x.id, &x.choice} },
		"SELECT v.decision, v.choice FROM vote v JOIN decision d ON d.id = v.decision WHERE d.meeting = $1 AND v.person = $2 ORDER BY v.decision", string(m), string(actor.Person))
	out := map[ID]string{}
	for _, x := range rows {
		out[x.id] = x.choice
	}
	return out, err
}

// SessionOf is a meeting with what its rules look at, for the buttons of its page.
func SessionOf(tx *db.Tx, actor auth.Actor, m MeetingID) (Session, error) {
	return session(tx, actor, m)
}

// session looks at a meeting with everything its rules need.
func session(tx *db.Tx, actor auth.Actor, id MeetingID) (Session, error) {
	m, err := GetMeeting(tx, actor, id)
	if err != nil {
		return Session{}, err
	}
	x := Session{Meeting: m, Clean: true, Appointed: true}
	var clash int
	err = tx.Get(`SELECT COUNT(*) FROM meeting_member b JOIN decision d ON d.meeting = b.meeting
		JOIN case_duty c ON c.application = d.application AND c.person = b.person AND c.duty <> 'committee' WHERE b.meeting = $1`, []any{string(id)}, &clash)
	if err != nil {
		return x, err
	}
	x.Clean = clash == 0
	if err := tx.Get("SELECT COUNT(*) FROM decision WHERE meeting = $1", []any{string(id)}, &x.Cases); err != nil {
		return x, err
	}
	err = tx.Get(`SELECT COUNT(*) FROM meeting_member b WHERE b.meeting = $1 AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.meeting = b.meeting
		AND NOT EXISTS (SELECT 1 FROM vote v WHERE v.decision = d.id AND v.person = b.person))`, []any{string(id)}, &x.Voters)
	if err != nil || m.State != Open {
		return x, err
	}
	err = tx.Get(`SELECT COUNT(*) FROM (SELECT d.id, COUNT(v.person) FILTER (WHERE v.choice = 'grant') AS g, COUNT(v.person) FILTER (WHERE v.choice = 'refuse') AS r,
		COUNT(v.person) FILTER (WHERE v.choice = 'defer') AS f FROM decision d LEFT JOIN vote v ON v.decision = d.id WHERE d.meeting = $1 AND d.outcome = '' GROUP BY d.id) t
		WHERE NOT (g > r + f OR r > g + f OR f > g + r)`, []any{string(id)}, &x.Undecided)
	return x, err
}

// tally is the votes on one case.
type tally struct {
	id                    ID
	application           application.ID
	grant, refuse, defers int
}

// outcome is what more than half of those who did not abstain voted for; empty without such a majority.
func (t tally) outcome() string {
	switch {
	case t.grant > t.refuse+t.defers:
		return Granted
	case t.refuse > t.grant+t.defers:
		return Refused
	case t.defers > t.grant+t.refuse:
		return Deferred
	}
	return ""
}

// tallies counts the votes on the next undecided cases of a meeting.
func tallies(tx *db.Tx, m MeetingID, after ID, limit int) ([]tally, error) {
	return db.All(tx, func(t *tally) []any { return []any{&t.id, &t.application, &t.grant, &t.refuse, &t.defers} },
		`SELECT d.id, d.application, COUNT(v.person) FILTER (WHERE v.choice = 'grant'), COUNT(v.person) FILTER (WHERE v.choice = 'refuse'),
		COUNT(v.person) FILTER (WHERE v.choice = 'defer')
		FROM (SELECT id, application FROM decision WHERE meeting = $1 AND id > $2 AND outcome = '' ORDER BY id LIMIT $3) d
		LEFT JOIN vote v ON v.decision = d.id GROUP BY d.id, d.application ORDER BY d.id`, string(m), string(after), limit)
}
