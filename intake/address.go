package intake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// A list of feeds can come from anybody, and so can the addresses that a server
// redirects to. Lest such an address make this machine ask its own services, or
// those of the network that it stands in, names are resolved here, every address
// found is judged, and the very address that was judged is connected to: a name
// server that answers differently the next time gains nothing.

// specialNetworks are networks that no page of the public web is on: those that
// the registries of special-purpose addresses of IANA (RFC 6890) do not call
// globally reachable, multicast, and those through which other addresses can be
// reached in disguise.
var specialNetworks = prefixes(
	"0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
	"::/96",          // unspecified, and IPv4 in IPv6 as it once was written; loopback is told before
	"64:ff9b:1::/48", // translation to IPv4 within one network
	"100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fe80::/10", "fec0::/10", "ff00::/8",
)

// privateNetworks are networks of one house or provider; they can be allowed.
var privateNetworks = prefixes("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")

// translated is where IPv4 addresses appear in a network that has IPv6 alone
// (NAT64, RFC 6052); they are judged as what they stand for.
var translated = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// reach says how far an address reaches.
type reach uint8

const (
	publicReach  reach = iota
	privateReach       // this machine, or the network that it stands in
	noReach            // never asked
)

// reachOf judges an address.
func reachOf(a netip.Addr) reach {
	if !a.IsValid() || a.Zone() != "" {
		return noReach
	}
	a = a.Unmap()
	if translated.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	for _, p := range privateNetworks {
		if p.Contains(a) {
			return privateReach
		}
	}
	for _, p := range specialNetworks {
		if p.Contains(a) {
			return noReach
		}
	}
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return noReach // IANA has given out no other addresses for the internet
	}
	return publicReach
}

// errGuarded tells that a name leads to addresses only that are not asked.
type errGuarded struct {
	addr    netip.Addr
	private bool // the option to allow private networks would let it
}

func (e *errGuarded) Error() string {
	return fmt.Sprintf("%v is not an address of the public web", e.addr)
}

// guard connects to checked addresses alone.
type guard struct {
	private bool // private networks and this machine are allowed
	lookup  func(ctx context.Context, host string) ([]netip.Addr, error)
	connect func(ctx context.Context, network, address string) (net.Conn, error)
}

func newGuard(private bool) guard {
	d := &net.Dialer{Timeout: 15 * time.Second}
	return guard{
		private: private,
		lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
		connect: d.DialContext,
	}
}

// dial resolves, judges and connects, in this order and each once. Of several
// addresses those that may be asked are tried one after another.
func (g guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var addrs []netip.Addr
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = []netip.Addr{a}
	} else if addrs, err = g.lookup(ctx, host); err != nil {
		return nil, err
	}
	var failed error = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	tried := false
	for _, a := range addrs {
		r := reachOf(a)
		if r == noReach || r == privateReach && !g.private {
			if !tried {
				failed = &errGuarded{addr: a, private: r == privateReach}
			}
			continue
		}
		tried = true
		conn, err := g.connect(ctx, network, net.JoinHostPort(a.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		failed = err
		if ctx.Err() != nil {
			return nil, errors.Join(err, ctx.Err())
		}
	}
	return nil, failed
}
