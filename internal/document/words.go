package document

import (
	"strings"

	"kompeten/internal/text"
)

// word is the text of a key of the catalogues, without its prefix. Letters choose the language by the record, not by
// the reader's browser.
func word(l text.Lang, key string, args ...any) string { return text.T(l, "document."+key, args...) }

// named is the word for a value of a record, such as a role or a kind of scheme; a value we have no word for stands
// as it is.
func named(l text.Lang, group, value string) string {
	if key := group + "." + strings.ToLower(value); text.Has("document." + key) {
		return word(l, key)
	}
	return value
}
