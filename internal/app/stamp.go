package app

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"kompeten/internal/document/cms"
	"kompeten/internal/paper"
)

// stampPatience is how long a paper waits for the time-stamp authority.
const stampPatience = 10 * time.Second

// TimeStamps is the time-stamp authority that the settings name; nil for none. It is not asked before there is a paper.
func TimeStamps(c Config, log *slog.Logger) (cms.Stamper, error) {
	if c.TimeStamp == "" {
		return nil, nil
	}
	if !strings.HasPrefix(c.TimeStamp, "https://") && !strings.HasPrefix(c.TimeStamp, "http://") {
		return nil, fmt.Errorf("--time-stamp %s: give the address of the authority, http://… or https://…", c.TimeStamp)
	}
	var roots *x509.CertPool
	if c.TimeRoots != "" {
		b, err := os.ReadFile(c.TimeRoots)
		if err != nil {
			return nil, fmt.Errorf("--time-stamp-roots: %w", err)
		}
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("--time-stamp-roots: %s holds no certificate", c.TimeRoots)
		}
	}
	return authority{cms.NewAuthority(c.TimeStamp, &http.Client{Timeout: stampPatience}, roots), log}, nil
}

// authority tells the operator when it does not answer, and who asked for the paper to come again.
type authority struct {
	*cms.Authority
	log *slog.Logger
}

// Stamp has the authority confirm that a digest exists now.
func (a authority) Stamp(ctx context.Context, digest [sha256.Size]byte) ([]byte, error) {
	token, err := a.Authority.Stamp(ctx, digest)
	if err != nil {
		a.log.Error("time stamp", "err", err)
		return nil, paper.Unstamped(err)
	}
	return token, nil
}
