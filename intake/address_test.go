package intake

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

func TestReach(t *testing.T) {
	for _, test := range []struct {
		want reach
		list []string
	}{
		{publicReach, []string{
			"1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "169.253.1.1", "192.169.0.1", "11.0.0.0", "223.255.255.255",
			"2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
		}},
		{privateReach, []string{
			"127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
			"::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::c0a8:101",
		}},
		{noReach, []string{
			"0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1",
			"::", "::7f00:1", "::10.0.0.1", "fe80::1", "fe80::1%eth0", "2606:4700::1111%eth0", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "100::1", "64:ff9b:1::a00:1", "4000::1",
			"::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "::ffff:0.0.0.0",
		}},
	} {
		for _, s := range test.list {
			if got := reachOf(netip.MustParseAddr(s)); got != test.want {
				t.Errorf("%s: %d, want %d", s, got, test.want)
			}
		}
	}
	if reachOf(netip.Addr{}) != noReach {
		t.Error("no address is no address of the web")
	}
}

// TestGuardConnectsToWhatItJudged plays a name server that answers differently
// each time, as in rebinding.
func TestGuardConnectsToWhatItJudged(t *testing.T) {
	answers := [][]string{{"8.8.8.8"}, {"127.0.0.1"}, {"10.0.0.1", "1.1.1.1"}, {"::ffff:192.168.0.1"}, {"169.254.169.254"}, {}}
	want := []string{"8.8.8.8:80", "", "1.1.1.1:80", "", "", ""}
	lookups, dialled := 0, ""
	for _, private := range []bool{false, true} {
		lookups = 0
		g := guard{
			private: private,
			lookup: func(context.Context, string) ([]netip.Addr, error) {
				var out []netip.Addr
				for _, s := range answers[lookups] {
					out = append(out, netip.MustParseAddr(s))
				}
				lookups++
				return out, nil
			},
			connect: func(_ context.Context, _, address string) (net.Conn, error) {
				dialled = address
				return nil, nil
			},
		}
		for i := range answers {
			dialled = ""
			_, err := g.dial(t.Context(), "tcp", "rebind.example:80")
			w := want[i]
			if private {
				w = []string{"8.8.8.8:80", "127.0.0.1:80", "10.0.0.1:80", "192.168.0.1:80", "", ""}[i]
			}
			if dialled != w || (err == nil) != (w != "") {
				t.Errorf("private %v, %v: %q and %v, want %q", private, answers[i], dialled, err, w)
			}
			if lookups != i+1 {
				t.Fatalf("%d lookups for %d connections", lookups, i+1)
			}
			if e, ok := errors.AsType[*errGuarded](err); err != nil && len(answers[i]) > 0 && (!ok || e.private != (answers[i][0] != "169.254.169.254")) {
				t.Errorf("%v: %v", answers[i], err)
			}
		}
		for _, literal := range []string{"127.0.0.1:80", "[::1]:80", "[::ffff:10.0.0.1]:443"} {
			dialled = ""
			if _, err := g.dial(t.Context(), "tcp", literal); (err == nil) != private || (dialled != "") != private {
				t.Errorf("private %v, %s: %q and %v", private, literal, dialled, err)
			}
		}
	}
}
