package credential

import (
	"bytes"
	"strconv"
)

// Version is the layout of the documents that Compile makes. A document is signed once and shown for ever: the bytes
// of a version never change; another layout is another version beside it.
const Version = 1

// piece is a run of fixed text or one slot, of a part of the document.
type piece struct {
	text string
	slot slot
	part group
}

// writer lays out a document in order, compact, as RFC 8259 text.
type writer struct {
	pieces []piece
	text   []byte
	part   group
	comma  bool // a member or an element stands before the next
}

func (w *writer) flush() {
	if len(w.text) > 0 {
		w.pieces = append(w.pieces, piece{text: string(w.text), part: w.part})
		w.text = nil
	}
}

func (w *writer) lead() {
	if w.comma {
		w.text = append(w.text, ',')
	}
	w.comma = true
}

func (w *writer) open(name string, bracket byte) {
	w.name(name)
	w.text = append(w.text, bracket)
	w.comma = false
}

func (w *writer) close(bracket byte) {
	w.text = append(w.text, bracket)
	w.comma = true
}

func (w *writer) name(name string) {
	w.lead()
	if name != "" {
		w.text = append(appendString(w.text, name), ':')
	}
}

// member writes a member with a fixed text; an empty text is left out.
func (w *writer) member(name, value string) {
	if value != "" {
		w.name(name)
		w.text = appendString(w.text, value)
	}
}

func (w *writer) list(name string, values ...string) {
	w.open(name, '[')
	for _, v := range values {
		w.member("", v)
	}
	w.close(']')
}

func (w *writer) fill(name string, s slot) {
	w.name(name)
	w.flush()
	w.pieces = append(w.pieces, piece{slot: s, part: w.part})
}

// only writes a part that some certificates lack. It must not be the first of its object or list.
func (w *writer) only(part group, write func()) {
	w.flush()
	w.part = part
	write()
	w.flush()
	w.part = always
}

// layout is version 1 of a certificate as an Open Badges 3.0 credential. Types stand in lists wherever the strict
// schema wants lists; nodes have identifiers wherever the schema allows them, so that only identity objects and
// identifier entries stay blank.
func layout(b Body, a Achievement) []piece {
	w := &writer{}
	w.open("", '{')
	w.list("@context", contextVC, contextBadge, contextExtensions)
	w.fill("id", slotID)
	w.list("type", "VerifiableCredential", "OpenBadgeCredential")
	w.member("name", "Sertifikat Kompetensi: "+a.Title)
	w.issuer(b)
	w.fill("awardedDate", slotAwarded)
	w.fill("validFrom", slotFrom)
	w.only(withUntil, func() { w.fill("validUntil", slotUntil) })
	w.open("credentialSubject", '{')
	w.fill("id", slotHolder)
	w.list("type", "AchievementSubject")
	w.open("identifier", '[')
	w.identity("name", slotName)
	w.only(withRegistration, func() { w.identity("ext:registrationNumber", slotRegistration) })
	w.close(']')
	w.fill("licenseNumber", slotNumber)
	w.only(withPlace, func() {
		w.open("source", '{')
		w.fill("id", slotPlaceURL)
		w.list("type", "Profile")
		w.fill("name", slotPlace)
		w.close('}')
	})
	w.achievement(a)
	w.close('}')
	w.open("credentialSchema", '[')
	w.open("", '{')
	w.member("id", "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json")
	w.member("type", "1EdTechJsonSchemaValidator2019")
	w.close('}')
	w.close(']')
	w.only(withStatus, func() {
		w.open("credentialStatus", '{')
		w.fill("id", slotStatusID)
		w.member("type", "BitstringStatusListEntry")
		w.member("statusPurpose", "revocation")
		w.fill("statusListIndex", slotIndex)
		w.fill("statusListCredential", slotStatusList)
		w.close('}')
	})
	w.close('}')
	w.flush()
	return w.pieces
}

func (w *writer) issuer(b Body) {
	w.open("issuer", '{')
	w.member("id", b.DID)
	w.list("type", "Profile")
	w.member("name", b.Name)
	w.member("url", b.URL)
	if b.Licence != "" {
		w.open("otherIdentifier", '[')
		w.open("", '{')
		w.member("type", "IdentifierEntry")
		w.member("identifier", b.Licence)
		w.member("identifierType", "identifier")
		w.close('}')
		w.close(']')
	}
	w.close('}')
}

func (w *writer) identity(kind string, s slot) {
	w.open("", '{')
	w.member("type", "IdentityObject")
	w.name("hashed")
	w.text = append(w.text, "false"...)
	w.fill("identityHash", s)
	w.member("identityType", kind)
	w.close('}')
}

func (w *writer) achievement(a Achievement) {
	w.open("achievement", '{')
	w.member("id", a.URL)
	w.list("type", "Achievement")
	w.member("achievementType", "Certification")
	w.member("name", a.Title)
	w.member("description", a.Description)
	w.member("humanCode", a.Code)
	w.member("version", a.Version)
	w.member("inLanguage", "id")
	if a.TitleEN != "" || a.Kind != "" {
		w.list("tag", a.TitleEN, a.Kind)
	}
	w.open("criteria", '{')
	w.member("id", a.URL+"#criteria")
	w.member("narrative", a.Criteria)
	w.close('}')
	if a.Level > 0 || len(a.Units) > 0 {
		w.open("alignment", '[')
		w.alignments(a)
		w.close(']')
	}
	w.close('}')
}

func (w *writer) alignments(a Achievement) {
	if a.Level > 0 {
		level := strconv.Itoa(a.Level)
		w.alignment(a.URL+"#kkni", "ext:kkniLevel", Unit{Code: level, Title: "Jenjang " + level}, "KKNI")
	}
	for i, u := range a.Units {
		framework := "" // a unit that no decree has set is not shown as SKKNI
		if u.Decree != "" {
			framework = "SKKNI " + u.Decree
		}
		w.alignment(a.URL+"#unit-"+strconv.Itoa(i+1), "ceasn:Competency", u, framework)
	}
}

func (w *writer) alignment(id, kind string, u Unit, framework string) {
	w.open("", '{')
	w.member("id", id)
	w.list("type", "Alignment")
	w.member("targetCode", u.Code)
	w.member("targetName", u.Title)
	w.member("targetFramework", framework)
	w.member("targetType", kind)
	if u.URL == "" {
		u.URL = id
	}
	w.member("targetUrl", u.URL)
	w.close('}')
}

// appendString writes a JSON text as RFC 8785 does, so that its bytes depend on nothing but s.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= 0x20:
			out = append(out, c)
		default:
			if short := bytes.IndexByte([]byte("\b\t\n\f\r"), c); short >= 0 {
				out = append(out, '\\', "btnfr"[short])
				continue
			}
			out = append(out, `\u00`...)
			out = append(out, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(out, '"')
}
