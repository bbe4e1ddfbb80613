package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"time"
)

// visit is one page that somebody who signed in asks for.
type visit struct{ name, who, path, goal string }

const visits = 11

// pages measures how long pages take over HTTP, as the median of a few visits.
func (r *Run) pages(ctx context.Context, list []visit) error {
	base, stop, err := listen(r.site)
	if err != nil {
		return err
	}
	defer stop()
	for _, v := range list {
		client, err := r.signIn(ctx, base, v.who)
		if err != nil {
			return err
		}
		var took []time.Duration
		var size int64
		for range visits {
			d, err := timed(func() (err error) { size, err = get(ctx, client, base+v.path); return err })
			if err != nil {
				return err
			}
			took = append(took, d)
		}
		slices.Sort(took)
		r.Add(v.name, ms(took[visits/2]), "ms", v.goal, fmt.Sprintf("%d kB", size>>10))
	}
	return nil
}

// signIn gives a client with the session of a sample person.
func (r *Run) signIn(ctx context.Context, base, who string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar}
	form := url.Values{"login": {who + "@contoh.id"}, "password": {r.world.Password()}}
	res, err := client.PostForm(base+"/signin", form)
	if err != nil {
		return nil, err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("sign in as %s: %s", who, res.Status)
	}
	_, err = get(ctx, client, base+"/home")
	return client, err
}

func get(ctx context.Context, client *http.Client, address string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", req.URL.Path, res.Status)
	}
	return io.Copy(io.Discard, res.Body)
}
