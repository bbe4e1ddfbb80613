package app

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Config is every setting of the program. Each works when absent. A setting is given as a flag of the command, or
// as an environment variable KOMPETEN_<NAME>.
type Config struct {
	Data     string `name:"data" help:"Directory of the embedded database, the key file and the files." default:"data" env:"KOMPETEN_DATA"`
	Database string `name:"database" help:"Address of a PostgreSQL database, postgres://…; the embedded SQLite when empty." env:"KOMPETEN_DATABASE"`
	Keys     string `name:"keys" help:"Key file; DATA/keys.json when empty. Keep a copy of it apart from the database." env:"KOMPETEN_KEYS"`
	Listen   string `name:"listen" help:"Address and port to answer on." default:"127.0.0.1:8080" env:"KOMPETEN_LISTEN"`
	Base     string `name:"base" help:"Address under which people reach the installation, as QR codes and letters name it." default:"http://127.0.0.1:8080" env:"KOMPETEN_BASE"`
	Readers  int    `name:"readers" help:"Database connections that read." default:"8" env:"KOMPETEN_READERS"`
	Rate     int    `name:"rate" help:"Public checks a minute from one address before it has to wait." default:"60" env:"KOMPETEN_RATE"`
}

func (c Config) keyFile() string {
	if c.Keys != "" {
		return c.Keys
	}
	return filepath.Join(c.Data, "keys.json")
}

// Setting is one setting with its documentation.
type Setting struct{ Flag, Env, Default, Help, Value string }

// Settings lists every setting and its value here.
func (c Config) Settings() (out []Setting) {
	t, v := reflect.TypeOf(c), reflect.ValueOf(c)
	for i := range t.NumField() {
		f := t.Field(i)
		s := Setting{"--" + f.Tag.Get("name"), f.Tag.Get("env"), f.Tag.Get("default"), f.Tag.Get("help"), ""}
		if v.Field(i).Kind() == reflect.String {
			s.Value = v.Field(i).String()
		}
		if s.Flag == "--database" && strings.Contains(s.Value, "@") { // a password may stand in the address
			s.Value = "postgres://…" + s.Value[strings.LastIndex(s.Value, "@"):]
		}
		out = append(out, s)
	}
	return out
}

// Version of the program.
const Version = "0.1.0-dev"

// Exists says whether a file is there.
func Exists(file string) bool { _, err := os.Stat(file); return err == nil }
