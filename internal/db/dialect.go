package db

import (
	"errors"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"modernc.org/sqlite"               // driver "sqlite"
	lib "modernc.org/sqlite/lib"
)

// dialect is every difference between the two databases; there is no other branch in the product:
//
//  1. how a transaction begins, how a reading connection is kept from writing, and which errors mean "try again";
//  2. how many connections write (SQLite has one writer), and whether we keep prepared statements (pgx does so
//     itself);
//  3. the lock around migrations, and the text of a backup;
//  4. how a broken constraint is recognised;
//  5. whether the values of a long INSERT are numbered (the SQLite driver looks every number up in a list, which
//     takes a third of the time of writing a certificate).
//
// SQLite maps the first 2 GB of its file, the most it does: a public check reads a page there without a call and a copy.
type dialect struct {
	name       string
	driver     string
	writers    int
	prepare    bool
	numbered   bool
	beginWrite string
	beginRead  string
	readOnly   string // statement that makes a connection unable to write
	lock       string // statement that holds migrations of others off
	backup     string // statement that copies the database to the file $1
	dsn        func(string) string
}

var sqliteDialect = dialect{
	name: "sqlite", driver: "sqlite", writers: 1, prepare: true,
	beginWrite: "BEGIN IMMEDIATE", beginRead: "BEGIN",
	readOnly: "PRAGMA query_only = 1",
	backup:   "VACUUM INTO $1",
	dsn: func(file string) string {
		q := url.Values{"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
			"case_sensitive_like(1)", "cache_size(-16000)", "mmap_size(2147418112)", "temp_store(MEMORY)"}}
		return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
	},
}

var postgresDialect = dialect{
	name: "postgres", driver: "pgx", writers: 4, numbered: true,
	beginWrite: "BEGIN ISOLATION LEVEL SERIALIZABLE", beginRead: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	lock: "SELECT pg_advisory_xact_lock(7310001)",
	dsn:  func(address string) string { return address },
}

func dialectOf(name string) dialect {
	if strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://") {
		return postgresDialect
	}
	return sqliteDialect
}

// retry says whether the transaction met another and may simply be run again.
func (d dialect) retry(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == lib.SQLITE_BUSY
}

// IsUnique says whether the row was refused because its key is taken.
func IsUnique(err error) bool {
	return broken(err, "23505", lib.SQLITE_CONSTRAINT_UNIQUE) || broken(err, "23505", lib.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// IsCheck says whether the row was refused by a check constraint.
func IsCheck(err error) bool { return broken(err, "23514", lib.SQLITE_CONSTRAINT_CHECK) }

// IsForeign says whether the row was refused because what it refers to is missing.
func IsForeign(err error) bool { return broken(err, "23503", lib.SQLITE_CONSTRAINT_FOREIGNKEY) }

func broken(err error, state string, code int) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == state
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == code
}
