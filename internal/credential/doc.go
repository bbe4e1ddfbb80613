// Package credential makes certificates that anyone can check without asking us, and checks those of others.
//
// A certificate is an Open Badges 3.0 credential over W3C Verifiable Credentials 2.0. Compile makes a Template once for
// a scheme version of a body; Document, Sign and Join then make each certificate without JSON-LD work, and the bytes of
// a layout Version never change. JWT puts the same document into a token, Bake either into a PNG image.
//
// Verify judges a credential of any issuer, check by check, and says what it could not check. Nothing is fetched:
// contexts are pinned in the binary, keys and status lists come through Options. It refuses what a reader could
// understand in two ways or what a signature does not cover, and it is bounded in time and memory.
//
// # Status
//
// Open Badges 3.0 allows one credentialStatus only. It names the revocation list, a Bitstring Status List. Whether a
// certificate is suspended stands in a second list at SuspensionList of the first, each certificate at the same index:
// a revocation cannot be taken back, so a suspension must never set its bit. Lists are signed for a short time; a
// reader with an old list knows only what was revoked for good.
//
// # Keys
//
// Each body has a did:web under the installation's domain. Its document lists every key it ever had: a key that no
// longer signs has expires, a key that may have been stolen revoked, and what was signed before either stays
// verifiable.
package credential
