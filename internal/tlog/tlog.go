// Package tlog is the public record of what was done with certificates: a transparency log that only grows, that
// anyone may copy and recompute, and in which nobody, its operator included, can change or back-date a line unseen.
//
// A leaf says that a certificate was issued, suspended, resumed, revoked or renewed, that a licence, a key or a DID
// document changed, or what the head of the ledger was: the hash of the signed document, never a person. Append puts
// the leaf into the database in the transaction of the record it speaks of, so neither can be without the other.
// Log.Integrate gives leaves their places, signs the new checkpoint, asks witnesses for their cosignatures, and
// writes the static files of C2SP tlog-tiles, which any web server can serve. The database holds all of it: files
// are remade from it, and Restore takes back from the files what an old backup of the database has lost.
//
// Replay recomputes a log from its files alone and names what does not agree; Monitor tells a body what was logged
// in its name; CompareDatabase finds rows changed behind the program's back. Witness is the other side: a server
// for a university or a ministry that cosigns only logs that kept their past.
package tlog

import (
	"crypto/sha256"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 hash of RFC 6962.
type Hash = tlog.Hash

// Why something is refused. Errors of this package wrap one of these where the other side is at fault.
var (
	ErrMalformed = errors.New("not in the form the log's formats want")
	ErrSignature = errors.New("no valid signature of a key that is trusted")
	ErrOrigin    = errors.New("of another log")
	ErrQuorum    = errors.New("too few witnesses have cosigned")
	ErrProof     = errors.New("the proof does not lead to the signed root")
	ErrFork      = errors.New("two histories: the log is not what it was")
	ErrRollback  = errors.New("older than what is known")
)

// emptyRoot is the root of a log without leaves.
var emptyRoot = Hash(sha256.Sum256(nil))

// validName says whether a text may name a log or a witness in a signature line.
func validName(s string) bool {
	return s != "" && len(s) <= 200 && utf8.ValidString(s) && !strings.Contains(s, "+") && strings.IndexFunc(s, bad) < 0
}

func bad(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
