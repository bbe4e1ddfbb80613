package standard

import (
	"regexp"
	"strings"
	"unicode"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// patterns are the shapes of unit codes: the decisions of 2003-2007, Permenakertrans 8/2012, Permenaker 3/2016.
var patterns = regexp.MustCompile(`^([A-Z]{3}\.[A-Z0-9]{2}\d{2}\.\d{3}\.\d{2}|[A-U]\.\d{6}\.\d{3}\.\d{2}|[A-U]\.\d{2}[A-Z]{3}\d{2}\.\d{3}\.\d)$`)

// WellFormed says whether a code has one of the shapes of SKKNI. One that has not is warned about, never refused:
// real documents are full of them.
func WellFormed(c Code) bool { return patterns.MatchString(string(c)) }

// Key is a code as it is compared: upper case, without spaces, a stray dot in the group taken out, and the letter O
// and the digit 0 each where they belong. The code itself stays as it was written.
func Key(c Code) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, string(c))
	p := strings.Split(s, ".")
	if len(p) == 5 && len(p[0]) == 1 && len(p[1])+len(p[2]) == 6 {
		p = []string{p[0], p[1] + p[2], p[3], p[4]}
	}
	if len(p) != 4 {
		return s
	}
	p[1] = group(p[0], p[1])
	p[0], p[2], p[3] = letters(p[0]), digits(p[2]), digits(p[3])
	return strings.Join(p, ".")
}

// group puts right the second part of a code, whose shape the length of the parts tells.
func group(first, s string) string {
	switch {
	case len(first) == 1 && len(s) == 6:
		return digits(s)
	case len(first) == 1 && len(s) == 7:
		return digits(s[:2]) + letters(s[2:5]) + digits(s[5:])
	case len(first) == 3 && len(s) == 4:
		return letters(s[:2]) + digits(s[2:])
	}
	return s
}

func digits(s string) string  { return strings.ReplaceAll(s, "O", "0") }
func letters(s string) string { return strings.ReplaceAll(s, "0", "O") }

// Find is the newest edition of a unit by its code as somebody wrote it: exactly so if there is one, else by its
// Key if only one unit has it.
func Find(tx *db.Tx, actor auth.Actor, written Code) (Unit, error) {
	u, err := Latest(tx, actor, written)
	if !fault.Is(err, fault.NotFound) {
		return u, err
	}
	codes, err := sameKey(tx, written)
	if err != nil {
		return Unit{}, err
	}
	if len(codes) != 1 {
		return Unit{}, fault.New(fault.NotFound, "db.not_found")
	}
	return Latest(tx, actor, codes[0])
}

// sameKey lists the codes that are compared alike.
func sameKey(tx *db.Tx, c Code) ([]Code, error) {
	return db.Column[Code](tx, "SELECT code FROM unit WHERE key = $1 AND edition = 1 ORDER BY code", Key(c))
}
