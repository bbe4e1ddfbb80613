package scenario

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"kompeten/internal/app"
	"kompeten/internal/programme"
)

// A story is a text file of testdata, one line per request, told to the real handler of a sample installation:
//
//	admin.otomotif GET /applications?stage=submitted -> 200 "Budi" !"Ani"
//	ani SENDS /l/$ani address="Jl. Baru 7" consent=assessment consent=register -> 200
//	ani AGAIN -> 409 "Sudah"
//
// Who has a sample account signs in, petugas.malang/2 in a second browser; every other name is a visitor with a browser
// of her own. GET opens a page. SENDS
// fills in the form with that action on the page she has before her, hidden fields and all, and sends it (after ~ come
// the words of a choice, every=yes chooses yes wherever nothing is chosen); POST sends nothing but what stands there; RAW sends a body as it stands; UPLOADS sends a file of testdata; AGAIN is a second click. Then come the status, the
// words the page must show, and after ! those it must not. An input shows as [name=value]; $here is where she is.
//
//	keep $name = (pattern)          the first group, on the last page
//	today $name + 3                 a civil day
//	letter $name = officer $programme words    the secret in the letter of who is called so
//	after 3 days                    time passes
//	jobs                            work that waits is done
//
// A line after "8 × " is done eight times. No page of a story may show a message key, and none may answer 500.

type stories struct {
	t     *testing.T
	dir   string
	world *app.World
}

// played is a sample installation that has been played; every story starts from a copy of it.
func played(t *testing.T) stories {
	t.Helper()
	dir := t.TempDir()
	a, w, err := app.OpenDemo(ctx, app.Config{Data: dir, Base: "http://example.org", Readers: 4, Rate: 1000}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.PlayAll(ctx, w); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return stories{t, dir, w}
}

// story is one story being told.
type story struct {
	t     *testing.T
	app   *app.App
	world *app.World
	srv   *httptest.Server
	log   *bytes.Buffer
	line  string
	names map[string]string
	who   map[string]*visitor
	last  *visitor
	ahead time.Duration
}

// visitor is someone with a browser, and the page before her.
type visitor struct {
	client *http.Client
	path   string
	status int
	words  string // what the page shows
	raw    string
	doc    *html.Node
	again  func() (*http.Request, error)
}

func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatal(len(files), err)
	}
	base := played(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { base.tell(t, file) })
	}
}

func (b stories) tell(t *testing.T, file string) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS(b.dir)); err != nil {
		t.Fatal(err)
	}
	s := &story{t: t, world: b.world, log: &bytes.Buffer{}, names: map[string]string{}, who: map[string]*visitor{}}
	var err error
	s.app, err = app.Open(ctx, app.Config{Data: filepath.Join(dir, "data"), Base: "http://example.org", Readers: 4, Rate: 1000}, &app.Clock{}, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.srv = httptest.NewServer(s.app.Handler(true, nil))
	t.Cleanup(func() { s.srv.Close(); _ = s.app.Close() })
	told, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(told), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s.line = fmt.Sprintf("%s:%d: %s", filepath.Base(file), i+1, line)
		times := 1
		if n, rest, ok := strings.Cut(line, " × "); ok {
			times, _ = strconv.Atoi(n)
			line = rest
		}
		for range times {
			s.step(line)
		}
	}
}

func (s *story) fatal(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s\n%s", s.line, fmt.Sprintf(format, args...))
}

var word = regexp.MustCompile(`(?:[^\s"]|"(?:[^"\\]|\\.)*")+`)

// plain gives a word without its quotes, and with what its names stand for.
func (s *story) plain(w string, v *visitor) string {
	out := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).ReplaceAllStringFunc(w, func(q string) string {
		u, err := strconv.Unquote(q)
		if err != nil {
			s.fatal("%s: %v", q, err)
		}
		return u
	})
	return s.named(out, v)
}

func (s *story) named(w string, v *visitor) string {
	return regexp.MustCompile(`\$\w+`).ReplaceAllStringFunc(w, func(name string) string {
		if name == "$here" && v != nil {
			return v.path
		}
		value, known := s.names[name]
		if !known {
			s.fatal("nobody has said what %s is", name)
		}
		return value
	})
}

func (s *story) step(line string) {
	words := word.FindAllString(line, -1)
	switch words[0] {
	case "keep":
		_, pattern, _ := strings.Cut(line, " = ")
		m := regexp.MustCompile(s.named(pattern, s.last)).FindStringSubmatch(html.UnescapeString(s.last.raw) + "\n" + s.last.path)
		if m == nil {
			s.fatal("not on the page:\n%s", s.last.words)
		}
		s.names[words[1]] = m[1]
	case "today":
		n, _ := strconv.Atoi(words[3])
		s.names[words[1]] = s.app.DB.Now().Add(7*time.Hour).AddDate(0, 0, n).Format("2006-01-02")
	case "letter":
		s.letter(words)
	case "after":
		n, _ := strconv.Atoi(words[1])
		s.ahead += time.Duration(n) * 24 * time.Hour
		s.app.Clock.Set(-s.ahead)
		maps.DeleteFunc(s.who, func(name string, _ *visitor) bool { return strings.Contains(name, ".") }) // signed out meanwhile
	case "jobs":
		if err := s.app.Runner.Drain(ctx); err != nil {
			s.fatal("%v", err)
		}
	default:
		s.request(words)
	}
}

// letter finds the secret that stands in somebody's letter.
func (s *story) letter(words []string) {
	letters, err := s.app.Applications.Letters(ctx, s.world.Actor(words[3]), programme.ID(s.plain(words[4], nil)))
	if err != nil {
		s.fatal("%v", err)
	}
	name := s.plain(words[5], nil)
	for _, l := range letters {
		if strings.Contains(l.Name, name) {
			s.names[words[1]] = l.Secret
			return
		}
	}
	s.fatal("no letter for %s among %d", name, len(letters))
}

func (s *story) visitor(name string) *visitor {
	if v := s.who[name]; v != nil {
		return v
	}
	jar, _ := cookiejar.New(nil)
	v := &visitor{client: &http.Client{Jar: jar}}
	s.who[name] = v
	if name, _, _ := strings.Cut(name, "/"); s.world.Actor(name).Person != "" {
		s.ask(v, s.form("/signin", url.Values{"login": {name + "@contoh.id"}, "password": {s.world.Password()}}))
		if v.status != http.StatusOK {
			s.fatal("%s cannot sign in: %d\n%s", name, v.status, v.words)
		}
	}
	return v
}

func (s *story) request(words []string) {
	if len(words) < 4 || !slices.Contains(words, "->") {
		s.fatal("this is no step of a story")
	}
	v := s.visitor(words[0])
	at := slices.Index(words, "->")
	var fields [][2]string
	for _, w := range words[min(3, at):at] {
		name, value, ok := strings.Cut(w, "=")
		if !ok && words[1] != "UPLOADS" && words[1] != "RAW" {
			s.fatal("%s is not name=value", w)
		}
		fields = append(fields, [2]string{name, s.plain(value, v)})
	}
	path := ""
	if at > 2 {
		path = s.plain(words[2], v)
	}
	switch words[1] {
	case "GET":
		s.ask(v, func() (*http.Request, error) { return http.NewRequest(http.MethodGet, s.srv.URL+path, nil) })
	case "POST":
		s.ask(v, s.form(path, fill(url.Values{}, fields)))
	case "RAW":
		s.ask(v, s.body(path, s.plain(words[3], v)))
	case "SENDS":
		form, open := s.before(v, path)
		for i, f := range fields {
			if f[0] == "every" {
				for name := range open {
					form.Set(name, f[1])
				}
			}
			if words, ok := strings.CutPrefix(f[1], "~"); ok {
				fields[i][1] = s.choice(v, f[0], words)
			}
		}
		s.ask(v, s.form(path, fill(form, fields)))
	case "UPLOADS":
		s.ask(v, s.file(path, words[3], fill(url.Values{}, fields[1:])))
	case "AGAIN":
		s.ask(v, v.again)
	default:
		s.fatal("%s is no request", words[1])
	}
	s.check(v, words[at+1:])
}

// fill puts values into a form: the first of a name replaces what stood there.
func fill(form url.Values, fields [][2]string) url.Values {
	seen := map[string]bool{}
	for _, f := range fields {
		if !seen[f[0]] {
			form.Del(f[0])
		}
		seen[f[0]] = true
		form.Add(f[0], f[1])
	}
	return form
}

func (s *story) form(path string, form url.Values) func() (*http.Request, error) {
	return s.body(path, form.Encode())
}

func (s *story) body(path, body string) func() (*http.Request, error) {
	return func() (*http.Request, error) {
		req, err := http.NewRequest(http.MethodPost, s.srv.URL+path, strings.NewReader(body))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return req, err
	}
}

func (s *story) file(path, name string, form url.Values) func() (*http.Request, error) {
	return func() (*http.Request, error) {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for n, values := range form {
			for _, value := range values {
				_ = w.WriteField(n, value)
			}
		}
		part, _ := w.CreateFormFile("file", name)
		_, _ = part.Write(data)
		_ = w.Close()
		req, err := http.NewRequest(http.MethodPost, s.srv.URL+path, &b)
		if err == nil {
			req.Header.Set("Content-Type", w.FormDataContentType())
		}
		return req, err
	}
}

func (s *story) ask(v *visitor, make func() (*http.Request, error)) {
	req, err := make()
	if err != nil {
		s.fatal("%v", err)
	}
	res, err := v.client.Do(req)
	if err != nil {
		s.fatal("%v", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.fatal("%v", err)
	}
	v.status, v.raw, v.words, v.doc, v.again = res.StatusCode, string(body), string(body), nil, make
	v.path = res.Request.URL.Path
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if v.doc, err = html.Parse(bytes.NewReader(body)); err != nil {
			s.fatal("%v", err)
		}
		v.words = strings.Join(strings.Fields(shown(v.doc)), " ")
	}
	s.last = v
}

var key = regexp.MustCompile(`\[[a-z_]+(\.[a-zA-Z0-9_]+)+\]`)

func (s *story) check(v *visitor, want []string) {
	s.t.Helper()
	if got := strconv.Itoa(v.status); got != want[0] {
		s.fatal("status %s, want %s\n%s\n%s", got, want[0], v.words, s.log)
	}
	if v.status >= 500 {
		s.fatal("our defect: %s", s.log)
	}
	if v.doc != nil && key.MatchString(v.words) {
		s.t.Errorf("%s\nshows the key %s", s.line, key.FindString(v.words))
	}
	for _, w := range want[1:] {
		not := strings.HasPrefix(w, "!")
		if strings.Contains(v.words, s.plain(strings.TrimPrefix(w, "!"), v)) == not {
			s.t.Errorf("%s\n%s: the page is\n%.3000s", s.line, w, v.words)
		}
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// shown is the text a page shows, its fields as [name=value].
func shown(n *html.Node) string {
	switch {
	case n.Type == html.TextNode:
		return n.Data
	case n.Data == "script" || n.Data == "style" || n.Data == "head":
		return ""
	case n.Data == "input":
		kind, _ := attr(n, "type")
		name, _ := attr(n, "name")
		value, _ := attr(n, "value")
		if _, on := attr(n, "checked"); kind == "hidden" || (kind == "checkbox" || kind == "radio") && !on {
			return ""
		}
		return " [" + name + "=" + value + "] "
	}
	out := ""
	for c := range n.ChildNodes() {
		out += shown(c)
	}
	if n.Data == "textarea" {
		name, _ := attr(n, "name")
		return " [" + name + "=" + out + "] "
	}
	if slices.Contains([]string{"span", "a", "b", "em", "strong", "bdi"}, n.Data) {
		return out
	}
	return out + " "
}

// before finds the form with an action on the page, and what stands in it: the first in which something is to be
// chosen still, else the first. The choices open are given beside.
func (s *story) before(v *visitor, action string) (form url.Values, open map[string][]string) {
	if v.doc == nil {
		s.fatal("there is no page before her")
	}
	for n := range v.doc.Descendants() {
		if a, _ := attr(n, "action"); n.Data != "form" || a != action {
			continue
		}
		if f, o := filled(n); form == nil || len(open) == 0 && len(o) > 0 {
			form, open = f, o
		}
	}
	if form == nil {
		s.fatal("no form for %s on the page:\n%s", action, v.words)
	}
	return form, open
}

// filled is what a form holds, and the choices of it that are open.
func filled(form *html.Node) (url.Values, map[string][]string) {
	in, open := url.Values{}, map[string][]string{}
	for n := range form.Descendants() {
		name, _ := attr(n, "name")
		value, _ := attr(n, "value")
		kind, _ := attr(n, "type")
		_, on := attr(n, "checked")
		switch {
		case n.Data == "input" && kind == "radio" && !on:
			open[name] = append(open[name], value)
		case n.Data == "input" && kind != "file" && (kind != "checkbox" || on):
			in.Add(name, value)
		case n.Data == "textarea":
			in.Set(name, strings.TrimSpace(inside(n)))
		case n.Data == "select":
			in.Set(name, chosen(n))
		}
	}
	for name := range in {
		delete(open, name)
	}
	return in, open
}

func inside(n *html.Node) string {
	out := ""
	for c := range n.ChildNodes() {
		out += c.Data
	}
	return out
}

// choice is the value of the choice of a field that reads so.
func (s *story) choice(v *visitor, name, words string) string {
	for n := range v.doc.Descendants() {
		if n.Data != "option" && n.Data != "label" || !strings.Contains(shown(n), words) {
			continue
		}
		field, value := n.Parent, n
		if n.Data == "label" {
			field, value = n.FirstChild, n.FirstChild
		}
		if got, _ := attr(field, "name"); got == name {
			out, _ := attr(value, "value")
			return out
		}
	}
	s.fatal("no choice of %s reads %q", name, words)
	return ""
}

// chosen is the option a browser would send: the one selected, else the first.
func chosen(n *html.Node) string {
	first, value, any := "", "", false
	for d := range n.Descendants() {
		if d.Data != "option" {
			continue
		}
		v, _ := attr(d, "value")
		if _, on := attr(d, "selected"); on {
			value = v
			any = true
		}
		if first == "" {
			first = v
		}
	}
	if any {
		return value
	}
	return first
}

func TestAStoryThatIsWrongIsFoundWrong(t *testing.T) {
	for _, c := range []struct{ says, page, want string }{
		{"text without the markup", "<p>Halo <b>Ani</b></p>", "Halo Ani"},
		{"a field with what stands in it", `<input name="address" value="Jl. Baru">`, "[address=Jl. Baru]"},
		{"no hidden field", `<p>a</p><input type="hidden" name="version" value="3">`, "a"},
		{"quotes as they are read", "<p>O&#39;Brien &#34;Budi&#34;</p>", `O'Brien "Budi"`},
	} {
		doc, err := html.Parse(strings.NewReader(c.page))
		if got := strings.Join(strings.Fields(shown(doc)), " "); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.says, got, err)
		}
	}
}
