package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/text"
)

type verifyCmd struct {
	What   string `arg:"" help:"A file (PDF, JSON, JWT, PNG), the text of a QR code, or the code or number of a certificate."`
	Bundle string `help:"Directory with keys, status lists and checkpoint, for checking without a network." type:"path"`
	Base   string `help:"Address of the installation to ask when there is no bundle." default:"http://127.0.0.1:8080" env:"KOMPETEN_BASE"`
	JSON   bool   `help:"Print the report as JSON."`
}

// Run checks a certificate: exit code 0 only when it is valid.
func (c verifyCmd) Run(ctx context.Context) error {
	trust, err := c.trust()
	if err != nil {
		return err
	}
	checker := check.New(trust, time.Now())
	var r check.Report
	switch data, err := os.ReadFile(c.What); {
	case err == nil:
		r = checker.File(ctx, data)
	case strings.Contains(c.What, "#"):
		r = checker.QR(ctx, c.What)
	case strings.ContainsAny(c.What, "./"):
		return fmt.Errorf("%s: no such file", c.What)
	default:
		return c.ask(ctx)
	}
	if err := c.print(r); err != nil {
		return err
	}
	if r.Verdict != credential.Valid {
		return errNo
	}
	return nil
}

func (c verifyCmd) trust() (check.Trust, error) {
	if c.Bundle != "" {
		return check.Bundle(c.Bundle)
	}
	return check.Online(c.Base)
}

var verdicts = map[credential.Verdict]string{credential.Valid: "VALID", credential.Invalid: "NOT VALID: do not rely on it", credential.Unconfirmed: "NOT CONFIRMED: nothing is wrong, but not everything could be checked"}

func (c verifyCmd) print(r check.Report) error {
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", " ")
		return out.Encode(r)
	}
	fmt.Println(verdicts[r.Verdict])
	for _, x := range [][2]string{{"Holder", r.Holder}, {"Competent as", r.Title}, {"Number", r.Number}, {"Issuer", r.Issuer}} {
		if x[1] != "" {
			fmt.Printf("  %-14s %s\n", x[0], x[1])
		}
	}
	for _, l := range r.Lines {
		line := fmt.Sprintf("  [%s] %s", l.Outcome, text.T(text.EN, l.Name))
		if l.Why != "" {
			line += ": " + text.T(text.EN, l.Why)
		}
		fmt.Println(line)
	}
	return nil
}

// ask looks a code or number up at the installation.
func (c verifyCmd) ask(ctx context.Context) error {
	if c.Bundle != "" {
		return errors.New("a code or number is looked up at the installation: leave --bundle away, or give the file or the text of the QR code")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.Base, "/")+"/check?q="+url.QueryEscape(c.What), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	var said struct {
		Status   string `json:"status"`
		StatusEN string `json:"status_en"`
		Name     string `json:"name"`
		Number   string `json:"number"`
		Title    string `json:"title"`
	}
	if err := json.Unmarshal(b, &said); res.StatusCode == http.StatusOK && err != nil {
		return fmt.Errorf("%s answers what is no answer: %w", c.Base, err)
	}
	if c.JSON {
		fmt.Println(string(b))
	} else if res.StatusCode != http.StatusOK {
		fmt.Println("NOT VALID: " + said.Title)
	} else {
		fmt.Printf("%s\n  %-14s %s\n  %-14s %s\n", said.StatusEN, "Holder", said.Name, "Number", said.Number)
	}
	if said.Status != "valid" {
		return errNo
	}
	return nil
}

type exportCmd struct {
	Bundle exportBundleCmd `cmd:"" help:"Write keys, status lists and the log's checkpoint into a directory, for checking without a network.\n\nExample: kompeten export bundle --data data bundle"`
}

type exportBundleCmd struct {
	app.Config
	Dir string `arg:"" type:"path" help:"Directory to write into; it is made when missing."`
}

// Run writes the bundle.
func (c exportBundleCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		return err
	}
	return a.WriteBundle(ctx, c.Dir)
}
