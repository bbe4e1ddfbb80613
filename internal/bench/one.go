package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"kompeten/internal/db"
)

// oneByOne issues certificates through the API, one a call: by many clients at once, and by one alone, who waits for
// each to be durable.
func (r *Run) oneByOne(ctx context.Context) error {
	alone := max(r.sizes.Single/20, 1)
	files, err := r.granted(ctx, r.sizes.Single+alone)
	if err != nil {
		return err
	}
	base, stop, err := listen(r.site)
	if err != nil {
		return err
	}
	defer stop()
	token, err := r.token(ctx, base, "ketua.otomotif")
	if err != nil {
		return err
	}
	many, err := calls(ctx, base, token, files[alone:], connections)
	if err != nil {
		return err
	}
	few, err := calls(ctx, base, token, files[:alone], 1)
	if err != nil {
		return err
	}
	r.Add("issue one by one through the API, durable", many.rate(), "/s", "≥ 500", fmt.Sprintf("%d clients, p99 %.0f ms", connections, ms(many.p99())))
	r.Add("  one client alone", few.rate(), "/s", "", fmt.Sprintf("p99 %.1f ms", ms(few.p99())))
	return nil
}

// granted are files of a decreed meeting that wait for their certificates.
func (r *Run) granted(ctx context.Context, n int) (files []string, err error) {
	fmt.Fprintf(r.out, "seeding %d recommended cases …\n", n)
	mid, err := r.seed.meeting(ctx, n)
	if err != nil {
		return nil, err
	}
	if err := r.s.Decisions.Close(ctx, r.world.Actor("komite1.otomotif"), mid); err != nil {
		return nil, err
	}
	if err := r.s.Decisions.Decree(ctx, r.world.Actor("ketua.otomotif"), mid); err != nil {
		return nil, err
	}
	err = r.s.DB.Read(ctx, func(tx *db.Tx) error {
		files, err = db.Column[string](tx, "SELECT application FROM decision WHERE meeting = $1 AND outcome = 'granted' ORDER BY id", string(mid))
		return err
	})
	if err == nil && len(files) != n {
		err = fmt.Errorf("%d of %d cases were granted", len(files), n)
	}
	return files, err
}

// token signs a sample person in to the API.
func (r *Run) token(ctx context.Context, base, who string) (string, error) {
	body, err := json.Marshal(map[string]string{"login": who + "@contoh.id", "password": r.world.Password()})
	if err != nil {
		return "", err
	}
	var session struct{ Token string }
	answer, err := post(ctx, http.DefaultClient, base+"/api/v1/session", "", body)
	if err == nil {
		err = json.Unmarshal(answer, &session)
	}
	return session.Token, err
}

func post(ctx context.Context, client *http.Client, address, token string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s: %s", req.URL.Path, res.Status, answer)
	}
	return answer, err
}

// calls has clients issue the certificates of files, each the next that is left.
func calls(ctx context.Context, base, token string, files []string, clients int) (answers, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, len(files))
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	in, err := timed(func() error {
		for range clients {
			g.Go(func() error {
				for {
					i := int(next.Add(1)) - 1
					if i >= len(files) {
						return nil
					}
					from := time.Now()
					if _, err := post(ctx, client, base+"/api/v1/applications/"+files[i]+"/certificate", token, nil); err != nil {
						return err
					}
					took[i] = time.Since(from)
				}
			})
		}
		return g.Wait()
	})
	return answers{took, in}, err
}
