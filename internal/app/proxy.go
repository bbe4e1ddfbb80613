package app

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// trustedProxies are the reverse proxies in front of the program.
func (c Config) trustedProxies() (out []netip.Prefix, err error) {
	for _, s := range c.Proxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			ip, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, fmt.Errorf("proxy %q: neither an address like 10.0.0.2 nor a network like 10.0.0.0/24", s)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		out = append(out, p)
	}
	return out, nil
}

// visitors lets a request come from who sent it, not from the proxy that passed it on, so that everybody behind a proxy is
// not taken for one who asks too much. Only proxies that are set are believed; anybody can write X-Forwarded-For.
func visitors(proxies []netip.Prefix, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, ok := visitor(proxies, r); ok {
			r = r.Clone(r.Context())
			r.RemoteAddr = net.JoinHostPort(from.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// visitor is the last address in the chain that is not a proxy of ours.
func visitor(proxies []netip.Prefix, r *http.Request) (from netip.Addr, ok bool) {
	ours := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !ours(peer.Addr().Unmap()) {
		return from, false
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, s := range slices.Backward(chain) {
		a, err := netip.ParseAddr(strings.TrimSpace(s))
		if err != nil {
			break
		}
		from, ok = a.Unmap(), true
		if !ours(from) {
			break
		}
	}
	return from, ok
}
