// Package oid4vci is how the wallet on a holder's phone gets her certificate: the addresses of OpenID for Verifiable
// Credential Issuance 1.0, for each body its own. A wallet scans an offer, reads what the body issues, gives the code
// and the PIN for a token, and with it gets the certificate (CE-10). What may happen to an offer, package offer decides.
package oid4vci

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/fault"
	"kompeten/internal/offer"
	"kompeten/internal/text"
)

const grantType = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

// configuration is the name of a format in offers and in what a body says of itself.
func configuration(f offer.Format) string { return "OpenBadgeCredential_" + string(f) }

func configurations(list []offer.Format) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = configuration(f)
	}
	return out
}

// formatOf finds a format by its name.
func formatOf(name string) (offer.Format, bool) {
	for _, f := range offer.Formats() {
		if configuration(f) == name {
			return f, true
		}
	}
	return "", false
}

// Handler answers wallets.
type Handler struct {
	offers *offer.Service
	log    *slog.Logger
}

// New makes the handler.
func New(offers *offer.Service, log *slog.Logger) *Handler { return &Handler{offers, log} }

// Register adds the handler's routes. Wallets may be pages of other sites, so every answer may be read from anywhere;
// nothing here looks at cookies.
func (h *Handler) Register(mux *http.ServeMux) {
	handle := func(method, pattern string, answer http.HandlerFunc) {
		mux.HandleFunc(method+" "+pattern, shared(answer))
		mux.HandleFunc("OPTIONS "+pattern, shared(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Methods", method)
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			w.WriteHeader(http.StatusNoContent)
		}))
	}
	handle("GET", "/offer/{secret}", h.terms)
	for _, kind := range []string{"lsp", "org"} {
		handle("GET", "/.well-known/openid-credential-issuer/"+kind+"/{name}", h.at(kind, h.metadata))
		handle("GET", "/.well-known/oauth-authorization-server/"+kind+"/{name}", h.at(kind, h.server))
		handle("POST", "/"+kind+"/{name}/token", h.at(kind, h.token))
		handle("POST", "/"+kind+"/{name}/nonce", h.at(kind, h.nonce))
		handle("POST", "/"+kind+"/{name}/credential", h.at(kind, h.credential))
	}
}

func shared(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "no-store")
		answer(w, r)
	}
}

// at finds the body that an address belongs to.
func (h *Handler) at(kind string, answer func(http.ResponseWriter, *http.Request, offer.Body)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := h.offers.BodyAt(r.Context(), kind+"/"+r.PathValue("name"))
		if err != nil {
			h.missing(w, err)
			return
		}
		answer(w, r, b)
	}
}

// missing answers where there is nothing.
func (h *Handler) missing(w http.ResponseWriter, err error) {
	if !fault.Is(err, fault.NotFound) {
		h.log.Error("wallet", "err", err)
	}
	h.write(w, fault.Status(err), map[string]string{"error": "not_found"})
}

func (h *Handler) write(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		h.log.Error("wallet", "err", err)
		status, b = http.StatusInternalServerError, []byte(`{"error":"server_error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// errorPrefix is what the message keys of the specification's error codes begin with.
const errorPrefix = "offer.error."

// refuse answers with an error code of the specification and what it means in plain English.
func (h *Handler) refuse(w http.ResponseWriter, err error) {
	f := fault.Of(err)
	if f == nil || !strings.HasPrefix(f.Key, errorPrefix) {
		h.log.Error("wallet", "err", err)
		h.write(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	code, status := strings.TrimPrefix(f.Key, errorPrefix), http.StatusBadRequest
	h.log.Info("wallet refused", "error", code, "because", f.Cause)
	if f.Key == offer.InvalidToken {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	h.write(w, status, map[string]string{"error": code, "error_description": text.T(text.EN, f.Key)})
}

func bad(key string) error { return fault.New(fault.Invalid, key) }

type txCode struct {
	Mode        string `json:"input_mode"`
	Length      int    `json:"length"`
	Description string `json:"description"`
}

type grant struct {
	Code string `json:"pre-authorized_code"`
	PIN  txCode `json:"tx_code"`
}

// terms is the offer behind a link (4.1.1).
func (h *Handler) terms(w http.ResponseWriter, r *http.Request) {
	t, err := h.offers.Terms(r.Context(), r.PathValue("secret"))
	if err != nil {
		h.missing(w, err)
		return
	}
	lang := text.Parse(r.Header.Get("Accept-Language"))
	h.write(w, http.StatusOK, struct {
		Issuer         string           `json:"credential_issuer"`
		Configurations []string         `json:"credential_configuration_ids"`
		Grants         map[string]grant `json:"grants"`
	}{h.offers.Issuer(t.Path), configurations(offer.Formats()),
		map[string]grant{grantType: {t.Code, txCode{"numeric", offer.PINLength, text.T(lang, "offer.pin_ask")}}}})
}

// nonce gives a challenge (7).
func (h *Handler) nonce(w http.ResponseWriter, _ *http.Request, b offer.Body) {
	h.write(w, http.StatusOK, map[string]string{"c_nonce": h.offers.Nonce(b.Path)})
}

// detail is an authorization detail: which configuration a token is to be for.
type detail struct {
	Type          string   `json:"type"`
	Configuration string   `json:"credential_configuration_id"`
	Identifiers   []string `json:"credential_identifiers,omitempty"`
}

// token gives an access token for a code and its PIN (6).
func (h *Handler) token(w http.ResponseWriter, r *http.Request, b offer.Body) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if err := r.ParseForm(); err != nil {
		h.refuse(w, bad(offer.InvalidRequest))
		return
	}
	for _, values := range r.PostForm {
		if len(values) != 1 { // RFC 6749, 3.2: no parameter twice
			h.refuse(w, bad(offer.InvalidRequest))
			return
		}
	}
	form := r.PostForm
	switch form.Get("grant_type") {
	case grantType:
	case "":
		h.refuse(w, bad(offer.InvalidRequest))
		return
	default:
		h.refuse(w, bad("offer.error.unsupported_grant_type"))
		return
	}
	details, formats, err := details(form.Get("authorization_details"))
	if err != nil {
		h.refuse(w, err)
		return
	}
	t, err := h.offers.Take(r.Context(), b.Path, form.Get("pre-authorized_code"), form.Get("tx_code"), formats)
	if err != nil {
		h.refuse(w, err)
		return
	}
	h.write(w, http.StatusOK, struct {
		Token   string   `json:"access_token"`
		Type    string   `json:"token_type"`
		Expires int      `json:"expires_in"`
		Details []detail `json:"authorization_details,omitempty"`
	}{t.Secret, "Bearer", int(t.Life / time.Second), details})
}

// details reads the authorization details of a token request; none are fine.
func details(s string) ([]detail, []offer.Format, error) {
	if s == "" {
		return nil, nil, nil
	}
	var list []detail
	if err := json.Unmarshal([]byte(s), &list); err != nil || len(list) == 0 || len(list) > len(offer.Formats()) {
		return nil, nil, bad("offer.error.invalid_authorization_details")
	}
	var formats []offer.Format
	for i, d := range list {
		f, known := formatOf(d.Configuration)
		if d.Type != "openid_credential" || !known {
			return nil, nil, bad("offer.error.invalid_authorization_details")
		}
		list[i].Identifiers = []string{d.Configuration} // each configuration holds one certificate here
		formats = append(formats, f)
	}
	return list, formats, nil
}

const maxRequest = 64 << 10
