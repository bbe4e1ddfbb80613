package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/region"
	"kompeten/internal/sheet"
	"kompeten/internal/standard"
	"kompeten/internal/text"
)

var setup = auth.Actor{System: "setup"}

func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }

func open(ctx context.Context, c app.Config) (*app.App, error) {
	return app.Open(ctx, c, &app.Clock{}, logger())
}

type demoCmd struct {
	Dir    string `help:"Directory for the demonstration's data; a temporary one when empty."`
	Listen string `help:"Address and port to answer on." default:"127.0.0.1:8080"`
	People string `help:"A participant list to play a story on." type:"path"`
	Story  string `help:"Which story: semarang, malang or probolinggo." default:"semarang" enum:"semarang,malang,probolinggo"`
	Out    string `help:"Directory for the certificates, minutes, decree and the list with remarks." type:"path"`
	Exit   bool   `help:"End after the story instead of serving."`
}

// Run builds the sample installation and serves it, or plays a story on a list.
func (c demoCmd) Run(ctx context.Context) error {
	dir := c.Dir
	if dir == "" {
		tmp, err := os.MkdirTemp("", "kompeten-demo-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(tmp) }()
		dir = tmp
	}
	if app.Exists(filepath.Join(dir, "kompeten.db")) {
		return fmt.Errorf("%s holds an installation already; give another --dir", dir)
	}
	cfg := app.Config{Data: dir, Listen: c.Listen, Base: "http://" + c.Listen, Readers: 8, Rate: 60}
	a, w, err := app.OpenDemo(ctx, cfg, logger())
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if c.People != "" {
		return c.play(ctx, a, w)
	}
	if err := a.PlayAll(ctx, w); err != nil {
		return err
	}
	if c.Exit {
		return nil
	}
	return a.ServeDemo(ctx, w, os.Stdout)
}

func (c demoCmd) play(ctx context.Context, a *app.App, w *app.World) error {
	res, err := a.PlayList(ctx, w, c.Story, c.People, c.Out)
	if err != nil {
		return err
	}
	u := res.Upload
	fmt.Printf("%d rows: %d with errors wait for correction, %d went on, %d of them ended in a decision\n", u.Total, u.Errors, res.Good, res.Decided)
	if res.Good == 0 || res.Decided < res.Good {
		return errNo
	}
	if c.Exit {
		return nil
	}
	return a.ServeDemo(ctx, w, os.Stdout)
}

type serveCmd struct{ app.Config }

// Run serves an installation until it is told to stop.
func (c serveCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.Serve(ctx)
}

type importCmd struct {
	Standards importStandardsCmd `cmd:"" help:"Load units and schemes from JSON files.\n\nExample: kompeten import standards units.json schemes.json --dry-run"`
	Regions   importRegionsCmd   `cmd:"" help:"Load regions from CSV files with the columns code and name.\n\nExample: kompeten import regions districts.csv"`
}

type importStandardsCmd struct {
	app.Config
	DryRun bool     `help:"Say what would change and change nothing."`
	Files  []string `arg:"" type:"existingfile" help:"JSON files of units or schemes; units first."`
}

// Run loads the files in order.
func (c importStandardsCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	wrong := 0
	for _, file := range c.Files {
		data, err := os.ReadFile(file) // #nosec G304 -- the file the user named
		if err != nil {
			return err
		}
		rep, err := importStandards(ctx, a, data, c.DryRun)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d added, %d changed, %d as before, %d refused\n", filepath.Base(file), len(rep.Added), len(rep.Changed), len(rep.Same), len(rep.Errors))
		for _, x := range rep.Changed {
			fmt.Println("  changed:", x)
		}
		for _, x := range append(rep.Errors, rep.Warnings...) {
			fmt.Printf("  %s: %s\n", x.Where, text.T(text.EN, x.Key, x.Args...))
		}
		wrong += len(rep.Errors)
	}
	if wrong > 0 {
		return errNo
	}
	return nil
}

func importStandards(ctx context.Context, a *app.App, data []byte, dry bool) (standard.Report, error) {
	var head struct {
		Format string `json:"format"`
	}
	_ = json.Unmarshal(data, &head)
	if head.Format == "schemes/1" {
		return a.Schemes.Import(ctx, setup, bytes.NewReader(data), dry)
	}
	return a.Standards.Import(ctx, setup, bytes.NewReader(data), dry)
}

type importRegionsCmd struct {
	app.Config
	DryRun bool     `help:"Say what would change and change nothing."`
	Files  []string `arg:"" type:"existingfile" help:"CSV files."`
}

// Run loads the files in order.
func (c importRegionsCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	for _, file := range c.Files {
		f, err := os.Open(file) // #nosec G304 -- the file the user named
		if err != nil {
			return err
		}
		rep, err := region.Import(ctx, a.DB, setup, f, c.DryRun)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		fmt.Printf("%s: %d added, %d changed, %d as before, %d refused\n", filepath.Base(file), rep.Added, rep.Changed, rep.Same, len(rep.Errors))
		for _, x := range rep.Errors {
			fmt.Printf("  line %d: no region: %s\n", x.Line, x.Text)
		}
	}
	return nil
}

type peopleCmd struct {
	Check peopleCheckCmd `cmd:"" help:"Read a participant list and name every problem on its row.\n\nExample: kompeten people check list.xlsx --json --regency 33.74"`
}

type peopleCheckCmd struct {
	File    string `arg:"" type:"existingfile" help:"The list: .xlsx or .csv."`
	JSON    bool   `help:"Print the rows as JSON."`
	Regency string `help:"Code of the regency or city whose districts to expect; inferred from the list when empty."`
	Sheet   string `help:"Only this sheet."`
	Day     string `help:"Day of the test, on which the youngest must be 17; today when empty."`
}

// checkMemory is what a check of a list tries to stay within on a small laptop; it tidies up more often near it.
const checkMemory = 140 << 20

// Run reads the list. Nothing is stored.
func (c peopleCheckCmd) Run() error {
	debug.SetMemoryLimit(checkMemory)
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	day := date.Of(time.Now(), date.WIB)
	if c.Day != "" {
		if day, err = date.Parse(c.Day); err != nil {
			return err
		}
	}
	res, err := sheet.Check(data, filepath.Base(c.File), sheet.Options{Regency: c.Regency, Sheet: c.Sheet, Day: day})
	if err != nil {
		return err
	}
	for i := range res.Rows {
		res.Rows[i].Sent = nil
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", " ")
		out.SetEscapeHTML(false)
		return out.Encode(res.Rows)
	}
	for _, t := range res.Tables {
		fmt.Printf("Sheet %q, header in row %d: %d people\n", t.Sheet, t.Header, t.Rows)
	}
	for _, r := range res.Rows {
		for _, p := range r.Problems {
			fmt.Printf("%s row %d, %s: %s (%s)", r.Sheet, r.Row, p.Field, text.T(text.EN, "problem."+p.Code), p.Severity)
			if p.Expected != "" {
				fmt.Printf(" %s", text.T(text.EN, "problem.expected", p.Expected))
			}
			fmt.Println()
		}
	}
	return nil
}

type backupCmd struct {
	app.Config
	File string `arg:"" type:"path" help:"The new file."`
}

// Run copies the database.
func (c backupCmd) Run(ctx context.Context) error {
	if app.Exists(c.File) {
		return fmt.Errorf("%s is there already; give a new name", c.File)
	}
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	if err := a.DB.Backup(ctx, c.File); err != nil {
		return err
	}
	fmt.Println("Copied. Keep the key file apart from it: without the key file no NIK can be read.")
	return nil
}

type adminCmd struct {
	FirstAccount firstAccountCmd `cmd:"" help:"Create the first organisation and account. The password is read from KOMPETEN_PASSWORD or the first line of standard input.\n\nExample: kompeten admin first-account --name 'Ani Rahayu' --email ani@example.id"`
	RotateKeys   rotateCmd       `cmd:"" help:"Make a new master key and forget the old one.\n\nExample: kompeten admin rotate-keys --data data"`

	Recount recountCmd `cmd:"" help:"Count every certificate anew and say how many public counts were wrong; exit code 1 when any was. Nothing is issued meanwhile.\n\nExample: kompeten admin recount --data data"`

	RestoreLog restoreLogCmd `cmd:"" help:"Take back from the published log what a restored database does not know any more.\n\nExample: kompeten admin restore-log --data data"`

	ListKeys         listKeysCmd  `cmd:"" help:"List the signing keys of a body.\n\nExample: kompeten admin list-keys --org 1565"`
	RotateSigningKey rotateKeyCmd `cmd:"" help:"Give a body a new signing key; what the old one signed stays good.\n\nExample: kompeten admin rotate-signing-key --org 1565 --kind eddsa --reason 'yearly'"`
	RevokeSigningKey revokeKeyCmd `cmd:"" help:"Revoke a signing key that others may have got hold of: nothing it ever signed is good any more.\n\nExample: kompeten admin revoke-signing-key --org 1565 --key key-1 --reason 'copied by a stranger'"`
}

type firstAccountCmd struct {
	app.Config
	Name  string `required:"" help:"Name of the person."`
	Email string `required:"" help:"E-mail address to sign in with."`
	Org   string `help:"Name of the body that runs the installation." default:"BNSP"`
}

// Run makes the first account.
func (c firstAccountCmd) Run(ctx context.Context) error {
	password := os.Getenv("KOMPETEN_PASSWORD")
	if password == "" {
		fmt.Fprintln(os.Stderr, "Password (at least 10 characters):")
		if _, err := fmt.Scanln(&password); err != nil {
			return errors.New("no password given: set KOMPETEN_PASSWORD or type it")
		}
	}
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	org, err := a.Organisations.Create(ctx, setup, organisation.Org{Kind: organisation.BNSP, Name: c.Org, NameEN: c.Org, Zone: date.WIB})
	if err != nil {
		return err
	}
	if err := a.People.FirstAccount(ctx, org, person.Input{Name: c.Name, Email: c.Email}, password); err != nil {
		return err
	}
	fmt.Println("Account created. Sign in at", c.Base+"/signin")
	return nil
}

type rotateCmd struct{ app.Config }

// Run turns the master key over.
func (c rotateCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.RotateKeys(ctx); err != nil {
		return err
	}
	fmt.Println("A new master key is in use. Copy the key file to its safe place again.")
	return nil
}
