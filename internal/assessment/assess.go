package assessment

import (
	"context"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

// Mark is the assessor's judgement on one criterion.
type Mark struct {
	Unit      standard.Code
	Criterion string // its number: "1.2"
	Mark      string // yes, no, not_observed
	Note      string
}

// UnitResult is the assessor's recommendation on one unit.
type UnitResult struct {
	Unit           standard.Code
	Recommendation string // K or BK
	Reason         string // why not competent
}

// AK01 is what candidate and assessor agree before a test (FR.AK.01, edition 2023).
type AK01 struct {
	Methods []string `json:"methods"` // how evidence is collected: observation, oral, written, portfolio, third_party, interview, product
	Rights  bool     `json:"rights"`  // the right of appeal was explained
	Device  string   `json:"device"`  // on whose device the candidate signed: own, assessor
}

// sitting looks at an assessment with everything its rules need.
func sitting(tx *db.Tx, actor auth.Actor, aid ID) (Sitting, error) {
	a, err := Get(tx, actor, aid)
	if err != nil {
		return Sitting{}, err
	}
	s := Sitting{Assessment: a}
	var state flow.State
	if err := tx.Get("SELECT held_on, state FROM schedule WHERE id = $1", []any{string(a.Schedule)}, &s.HeldOn, &state); err != nil {
		return s, err
	}
	s.Assigned = state == Assigned
	return s, nil
}

// SittingOf is an assessment with what its rules look at, for the buttons of its page.
func SittingOf(tx *db.Tx, actor auth.Actor, aid ID) (Sitting, error) {
	s, err := sitting(tx, actor, aid)
	if err != nil {
		return s, err
	}
	s.Both, s.Reasoned, s.Holds = true, true, true
	units, err := Units(tx, actor, s.Assessment)
	if err != nil {
		return s, err
	}
	marks, err := Marks(tx, actor, aid)
	if err != nil {
		return s, err
	}
	credits, err := Credits(tx, actor, aid)
	if err != nil {
		return s, err
	}
	s.Gaps = gaps(open(units, credits), marks)
	s.Portfolio, err = portfolio(tx, actor, aid)
	return s, err
}

func (s *Service) change(ctx context.Context, actor auth.Actor, aid ID, version int64, do flow.Action, reason string, fn func(*db.Tx, *Sitting) (any, error)) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := sitting(tx, actor, aid)
		if err != nil {
			return err
		}
		if version != 0 && x.Version != version {
			return fault.New(fault.Conflict, "db.stale")
		}
		detail, err := fn(tx, &x)
		if err != nil {
			return err
		}
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(c, do, x, reason)
		if err != nil {
			return err
		}
		return save(tx, x.Assessment, pass, detail)
	})
}

// Consent records FR.AK.01, signed by the candidate (on her own device before, or now on the assessor's) and by
// the assessor. Before it there is no other form.
func (s *Service) Consent(ctx context.Context, actor auth.Actor, aid ID, version int64, form AK01, candidateSigned bool) error {
	return s.change(ctx, actor, aid, version, "consent", "", func(tx *db.Tx, x *Sitting) (any, error) {
		if len(form.Methods) == 0 || !form.Rights {
			return nil, fault.New(fault.Invalid, "form.invalid").With("methods", "assessment.ak01_incomplete")
		}
		x.Both = candidateSigned
		x.ConsentedAt = tx.Now()
		if err := putForm(tx, aid, "AK.01", form, tx.Now()); err != nil {
			return nil, err
		}
		return map[string]string{"form": "FR.AK.01", "device": form.Device}, application.Advance(tx, []application.ID{x.Application}, application.StageConsented)
	})
}

func putForm(tx *db.Tx, aid ID, code string, doc any, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO assessment_form (assessment, code, edition, doc, candidate_at, assessor_at) VALUES ($1, $2, '2023', $3, $4, $4)
		ON CONFLICT (assessment, code) DO UPDATE SET doc = excluded.doc, assessor_at = excluded.assessor_at`, string(aid), code, db.JSON(doc), db.At(at))
	return err
}

// Begin opens the observation.
func (s *Service) Begin(ctx context.Context, actor auth.Actor, aid ID, version int64) error {
	return s.change(ctx, actor, aid, version, "begin", "", func(tx *db.Tx, x *Sitting) (any, error) {
		x.StartedAt = tx.Now()
		return nil, application.Advance(tx, []application.ID{x.Application}, application.StageRunning)
	})
}

// Mark keeps judgements on criteria; a later one on the same criterion replaces the earlier, and the ledger keeps
// that it did.
func (s *Service) Mark(ctx context.Context, actor auth.Actor, aid ID, version int64, marks []Mark) error {
	return s.change(ctx, actor, aid, version, "mark", "", func(tx *db.Tx, x *Sitting) (any, error) {
		units, err := Units(tx, actor, x.Assessment)
		if err != nil {
			return nil, err
		}
		known := criteria(units)
		tally := map[string]int{}
		for _, m := range marks {
			if !known[string(m.Unit)+"|"+m.Criterion] {
				return nil, fault.New(fault.NotFound, "db.not_found")
			}
			_, err := tx.Exec(`INSERT INTO assessment_mark (assessment, unit, criterion, mark, note, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (assessment, unit, criterion) DO UPDATE SET mark = excluded.mark, note = excluded.note, by_person = excluded.by_person, at = excluded.at`,
				string(aid), string(m.Unit), m.Criterion, m.Mark, m.Note, string(actor.Person), db.At(tx.Now()))
			if err != nil {
				return nil, err
			}
			tally[m.Mark]++
		}
		return tally, nil
	})
}

func criteria(units []standard.Unit) map[string]bool {
	out := map[string]bool{}
	for _, u := range units {
		for _, e := range u.Elements {
			for _, c := range e.Criteria {
				out[string(u.Code)+"|"+c.No] = true
			}
		}
	}
	return out
}

// gaps counts the criteria that are not judged yes or no. "Not observed" is a gap: it is not a judgement.
func gaps(units []standard.Unit, marks []Mark) int {
	asked := criteria(units)
	n := len(asked)
	for _, m := range marks {
		if asked[string(m.Unit)+"|"+m.Criterion] && (m.Mark == "yes" || m.Mark == "no") {
			n--
		}
	}
	return n
}

// Recommend closes an observation with K or BK for each unit. A unit with a criterion judged "no" cannot be K; one
// that is BK needs its reason. Of a unit that is credited no criterion need be judged. The whole is K when every core unit and enough electives are.
func (s *Service) Recommend(ctx context.Context, actor auth.Actor, aid ID, version int64, results []UnitResult, note string) error {
	return s.change(ctx, actor, aid, version, "recommend", "", func(tx *db.Tx, x *Sitting) (any, error) {
		units, err := Units(tx, actor, x.Assessment)
		if err != nil {
			return nil, err
		}
		marks, err := Marks(tx, actor, aid)
		if err != nil {
			return nil, err
		}
		v, err := versionOf(tx, actor, x.Assessment)
		if err != nil {
			return nil, err
		}
		credits, err := Credits(tx, actor, aid)
		if err != nil {
			return nil, err
		}
		if x.Holds, err = s.stand(tx, x, credits); err != nil {
			return nil, err
		}
		x.Gaps = gaps(open(units, credits), marks)
		x.Reasoned = consistent(units, marks, results)
		x.Recommendation, x.Note, x.FinishedAt = overall(v, results), note, tx.Now()
		if err := saveResults(tx, aid, results); err != nil {
			return nil, err
		}
		if err := putForm(tx, aid, "AK.02", map[string]any{"units": len(results), "note": note}, tx.Now()); err != nil {
			return nil, err
		}
		stage := application.StageBK
		if x.Recommendation == "K" {
			stage = application.StageK
		}
		return map[string]string{"form": "FR.AK.02", "recommendation": x.Recommendation}, application.Advance(tx, []application.ID{x.Application}, stage)
	})
}

// consistent says whether the results are what the marks allow, one for every unit, and reasons are given.
func consistent(units []standard.Unit, marks []Mark, results []UnitResult) bool {
	no := map[standard.Code]bool{}
	for _, m := range marks {
		no[m.Unit] = no[m.Unit] || m.Mark == "no"
	}
	got := map[standard.Code]UnitResult{}
	for _, r := range results {
		got[r.Unit] = r
	}
	for _, u := range units {
		r, ok := got[u.Code]
		if !ok || r.Recommendation == "K" && no[u.Code] || r.Recommendation == "BK" && len(r.Reason) < 3 {
			return false
		}
	}
	return len(got) == len(units)
}

func overall(v scheme.Version, results []UnitResult) string {
	got := map[standard.Code]bool{}
	for _, r := range results {
		got[r.Unit] = r.Recommendation == "K"
	}
	electives := 0
	for _, u := range v.Units {
		if u.Kind == "elective" {
			if got[u.Code] {
				electives++
			}
			continue
		}
		if !got[u.Code] {
			return "BK"
		}
	}
	if electives < v.MinElectives {
		return "BK"
	}
	return "K"
}

func saveResults(tx *db.Tx, aid ID, results []UnitResult) error {
	var rows [][]any
	for _, r := range results {
		rows = append(rows, []any{string(aid), string(r.Unit), r.Recommendation, r.Reason})
	}
	return tx.Insert("assessment_unit", []string{"assessment", "unit", "recommendation", "reason"}, rows)
}

// Absent records that the candidate did not come.
func (s *Service) Absent(ctx context.Context, actor auth.Actor, aid ID, version int64) error {
	return s.change(ctx, actor, aid, version, "absent", "", func(tx *db.Tx, x *Sitting) (any, error) {
		return nil, application.Advance(tx, []application.ID{x.Application}, application.StageAbsent)
	})
}

// Postpone stops a test that cannot go on, with the reason (illness, power cut); what was marked stays.
func (s *Service) Postpone(ctx context.Context, actor auth.Actor, aid ID, version int64, reason string) error {
	return s.change(ctx, actor, aid, version, "postpone", reason, func(tx *db.Tx, x *Sitting) (any, error) {
		x.Note = reason
		return nil, application.Advance(tx, []application.ID{x.Application}, application.StagePostponed)
	})
}

// Return lets an absent or postponed candidate be tested after all, on the same schedule.
func (s *Service) Return(ctx context.Context, actor auth.Actor, aid ID, version int64, reason string) error {
	return s.change(ctx, actor, aid, version, "return", reason, func(tx *db.Tx, x *Sitting) (any, error) {
		return nil, application.Advance(tx, []application.ID{x.Application}, application.StageScheduled)
	})
}

// Marks lists the judgements of an assessment.
func Marks(tx *db.Tx, actor auth.Actor, aid ID) ([]Mark, error) {
	if _, err := Get(tx, actor, aid); err != nil {
		return nil, err
	}
	return db.All(tx, func(m *Mark) []any { return []any{&m.Unit, &m.Criterion, &m.Mark, &m.Note} },
		"SELECT unit, criterion, mark, note FROM assessment_mark WHERE assessment = $1 ORDER BY unit, criterion", string(aid))
}

// Results lists the recommendations by unit.
func Results(tx *db.Tx, actor auth.Actor, aid ID) ([]UnitResult, error) {
	if _, err := Get(tx, actor, aid); err != nil {
		return nil, err
	}
	return db.All(tx, func(r *UnitResult) []any { return []any{&r.Unit, &r.Recommendation, &r.Reason} },
		"SELECT unit, recommendation, reason FROM assessment_unit WHERE assessment = $1 ORDER BY unit", string(aid))
}

// AgreedOn is FR.AK.01 as it was signed; nothing where it was not yet.
func AgreedOn(tx *db.Tx, actor auth.Actor, aid ID) (form AK01, err error) {
	if _, err := Get(tx, actor, aid); err != nil {
		return form, err
	}
	err = tx.Get("SELECT doc FROM assessment_form WHERE assessment = $1 AND code = 'AK.01'", []any{string(aid)}, db.JSON(&form))
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return form, err
}

// Units is what the candidate is assessed in, with elements and criteria.
func Units(tx *db.Tx, actor auth.Actor, a Assessment) ([]standard.Unit, error) {
	v, err := versionOf(tx, actor, a)
	if err != nil {
		return nil, err
	}
	return scheme.Criteria(tx, actor, v.ID)
}

func versionOf(tx *db.Tx, actor auth.Actor, a Assessment) (scheme.Version, error) {
	var v scheme.VersionID
	if err := tx.Get("SELECT scheme_version FROM schedule WHERE id = $1", []any{string(a.Schedule)}, &v); err != nil {
		return scheme.Version{}, err
	}
	return scheme.Get(tx, actor, v)
}

// HeldOn is the day of the schedule an assessment belongs to.
func HeldOn(tx *db.Tx, _ auth.Actor, a Assessment) (d date.Date, err error) {
	err = tx.Get("SELECT held_on FROM schedule WHERE id = $1", []any{string(a.Schedule)}, &d)
	return d, err
}
