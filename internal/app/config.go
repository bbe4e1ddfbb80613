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
	Data     string   `name:"data" help:"Directory of the embedded database, the key file and the files." default:"data" env:"KOMPETEN_DATA"`
	Database string   `name:"database" help:"Address of a PostgreSQL database, postgres://…; the embedded SQLite when empty." env:"KOMPETEN_DATABASE"`
	Keys     string   `name:"keys" help:"Key file; DATA/keys.json when empty. Keep a copy of it apart from the database." env:"KOMPETEN_KEYS"`
	Listen   string   `name:"listen" help:"Address and port to answer on." default:"127.0.0.1:8080" env:"KOMPETEN_LISTEN"`
	Base     string   `name:"base" help:"Address under which people reach the installation, as QR codes and letters name it." default:"http://127.0.0.1:8080" env:"KOMPETEN_BASE"`
	Readers  int      `name:"readers" help:"Database connections that read." default:"8" env:"KOMPETEN_READERS"`
	Rate     int      `name:"rate" help:"Public checks a minute from one address before it has to wait." default:"60" env:"KOMPETEN_RATE"`
	Proxies  []string `name:"proxy" help:"Address or network of a reverse proxy in front, 10.0.0.2 or 10.1.0.0/16, whose X-Forwarded-For says who asks; limits by address need it there. May be given several times." env:"KOMPETEN_PROXY"`

	Witnesses  []string `name:"witness" help:"A witness of the transparency log: its address and its key with a plus between, https://saksi.example.id+NAME+HASH+KEY. May be given several times." env:"KOMPETEN_WITNESS"`
	Quorum     int      `name:"quorum" help:"How many witnesses must have cosigned before a checkpoint of the log is published." default:"0" env:"KOMPETEN_QUORUM"`
	TimeStamp  string   `name:"time-stamp" help:"Address of a time-stamp authority (RFC 3161) that confirms when a certificate's PDF was signed (PAdES B-T); the body's own word when empty (B-B)." env:"KOMPETEN_TIME_STAMP"`
	TimeRoots  string   `name:"time-stamp-roots" help:"File with the certificates (PEM) that the authority's chain has to end in; every chain is taken when empty." env:"KOMPETEN_TIME_STAMP_ROOTS"`
	Mail       string   `name:"mail" help:"Mail server by which letters are sent: smtp://host:587 (STARTTLS), smtps://host:465 (TLS) or smtp+plain://host:25 (neither, for a relay on this machine), with NAME@ before the host where it asks for a name; no letters are sent when empty." env:"KOMPETEN_MAIL"`
	MailFrom   string   `name:"mail-from" help:"Sender of letters, such as Kompeten <surat@lsp.example.id>." env:"KOMPETEN_MAIL_FROM"`
	MailFile   string   `name:"mail-password-file" help:"File whose first line is the password at the mail server; the environment variable KOMPETEN_MAIL_PASSWORD when empty." env:"KOMPETEN_MAIL_PASSWORD_FILE"`
	HSMModule  string   `name:"hsm-module" help:"PKCS#11 library of a hardware module that makes and keeps signing keys; files when empty. Needs a binary built with the tag pkcs11." env:"KOMPETEN_HSM_MODULE"`
	HSMToken   string   `name:"hsm-token" help:"Label of the token in the hardware module." env:"KOMPETEN_HSM_TOKEN"`
	HSMPinFile string   `name:"hsm-pin-file" help:"File whose first line is the PIN of the token; the environment variable KOMPETEN_HSM_PIN when empty." env:"KOMPETEN_HSM_PIN_FILE"`
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
		switch v.Field(i).Kind() {
		case reflect.String:
			s.Value = v.Field(i).String()
		case reflect.Slice:
			s.Value = strings.Join(v.Field(i).Interface().([]string), ",")
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
