// Package id makes identifiers: text, prefixed, random, sortable by the time they were born ("app_06c3f…").
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

var enc = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New makes an identifier: prefix, 48 bits of the time in milliseconds, 80 random bits.
func New(prefix string, now time.Time) string {
	var b [16]byte
	var t [8]byte
	binary.BigEndian.PutUint64(t[:], uint64(now.UnixMilli()))
	copy(b[:6], t[2:])
	_, _ = rand.Read(b[6:]) // never fails, says crypto/rand
	return prefix + "_" + enc.EncodeToString(b[:])
}

// Code makes a random public code of n characters that nobody can guess, from an alphabet without look-alikes.
func Code(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	return string(b)
}

// Secret makes a random secret of 160 bits, for links, sessions and tokens.
func Secret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	return enc.EncodeToString(b)
}
