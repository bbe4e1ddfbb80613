package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"

	"kompeten/internal/organisation"
)

// Once is what a creating call is sent with, so that sent again it acts once.
type Once struct {
	Key string `header:"Idempotency-Key" maxLength:"200" example:"2026-03-02-semarang-1" doc:"Any text of your own, a new one for each thing to be made. The same key with the same request gets the first answer again; with another request it is refused (409)."`
}

// once runs a creating call once for a key: the same call and body again gets the same answer, another with the same
// key is refused. A call under way holds its key, so that two at the same time make one thing.
func once[T any](ctx context.Context, s *server, call string, key Once, body any, do func() (T, error), hide ...func(T) T) (out T, err error) {
	if strings.TrimSpace(key.Key) == "" {
		return out, refuse(http.StatusBadRequest, "api.key_needed")
	}
	b, err := json.Marshal(body)
	if err != nil {
		return out, err
	}
	sum := sha256.Sum256(append([]byte(call+"\n"), b...))
	had, found, err := s.Organisations.Claim(ctx, calling(ctx).account, key.Key, sum[:])
	switch {
	case err != nil:
		return out, refused(err)
	case found && string(had.Request) != string(sum[:]):
		return out, refuse(http.StatusConflict, "api.key_used")
	case found && had.Status == 0:
		return out, refuse(http.StatusConflict, "api.key_running")
	case found:
		return out, json.Unmarshal([]byte(had.Body), &out)
	}
	out, err = do()
	if err != nil {
		if free := s.Organisations.Release(context.WithoutCancel(ctx), calling(ctx).account, key.Key); free != nil {
			return out, refused(free)
		}
		return out, refused(err)
	}
	kept := out
	for _, h := range hide {
		kept = h(out)
	}
	reply, err := json.Marshal(kept)
	if err != nil {
		return out, err
	}
	return out, refused(s.Organisations.Remember(context.WithoutCancel(ctx), calling(ctx).account, key.Key, organisation.Reply{Request: sum[:], Status: http.StatusCreated, Body: string(reply)}))
}
