package intake

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestRobotsExamples holds the examples and tables of RFC 9309.
func TestRobotsExamples(t *testing.T) {
	simple := `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
`
	for _, test := range []struct {
		file, robot, path string
		want              bool
	}{
		// section 5.1
		{simple, "anybot", "/a.gif", false}, {simple, "anybot", "/a.gif?x", true}, {simple, "anybot", "/example/x", false}, {simple, "anybot", "/publications/x", true}, {simple, "anybot", "/", true},
		{simple, "foobot", "/", false}, {simple, "foobot", "/example/page.html", true}, {simple, "foobot", "/example/allowed.gif", true}, {simple, "foobot", "/publications/", false},
		{simple, "barbot", "/example/page.html", false}, {simple, "bazbot", "/example/page.html", false}, {simple, "BazBot", "/a.gif", true},
		{simple, "quxbot", "/example/", true},
		// section 5.2: the longest match decides
		{"User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "foobot", "/example/page/disallowed.gif", false},
		{"User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "foobot", "/example/page/x.gif", true},
		{"User-Agent: *\nDisallow: /p\nAllow: /p\n", "a", "/p", true},
		// section 2.2.1: groups for one robot are one
		{"User-Agent: a\nDisallow: /x\n\nUser-agent: b\nDisallow: /y\n\nuser-agent: A\ndisallow: /z\n", "a", "/z", false},
		{"User-Agent: a\nDisallow: /x\n\nUser-agent: b\nDisallow: /y\n\nuser-agent: A\ndisallow: /z\n", "a", "/x", false},
		{"User-Agent: a\nDisallow: /x\n\nUser-agent: b\nDisallow: /y\n\nuser-agent: A\ndisallow: /z\n", "a", "/y", true},
		{"User-Agent: demarche/1.0 (x)\nDisallow: /\n", "demarche", "/x", false},
		{"User-Agent: demarchebot\nDisallow: /\n", "demarche", "/x", true},
		// section 2.2.2: escapes
		{"User-Agent: *\nDisallow: /foo/bar?baz=quz\n", "a", "/foo/bar?baz=quz", false},
		{"User-Agent: *\nDisallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar\n", "a", "/foo/bar?baz=https%3a%2f%2Ffoo.bar", false},
		{"User-Agent: *\nDisallow: /foo/bar/\u30c4\n", "a", "/foo/bar/%E3%83%84", false},
		{"User-Agent: *\nDisallow: /foo/bar/%E3%83%84\n", "a", "/foo/bar/%E3%83%84", false},
		{"User-Agent: *\nDisallow: /foo/bar/%62%61%7A\n", "a", "/foo/bar/baz", false},
		// section 2.2.3: special characters
		{"User-Agent: *\nDisallow: /path/file-with-a-%2A.html\n", "a", "/path/file-with-a-*.html", false},
		{"User-Agent: *\nDisallow: /path/file-with-a-%2A.html\n", "a", "/path/file-with-a-b.html", true},
		{"User-Agent: *\nDisallow: /path/foo-%24\n", "a", "/path/foo-$", false},
		{"User-Agent: *\nDisallow: /a$b\n", "a", "/a$bc", false},
		{"User-Agent: *\nDisallow: /this/*/exactly$ # a comment\n", "a", "/this/path/exactly", false},
		{"User-Agent: *\nDisallow: /this/*/exactly$ # a comment\n", "a", "/this/path/exactly/not", true},
		// section 2.2.2: robots.txt itself
		{"User-Agent: *\nDisallow: /\n", "a", "/robots.txt", true},
		// what is found in the wild
		{"User-Agent: *\nDisallow:\n", "a", "/x", true},
		{"\xef\xbb\xbfUser-Agent: *\r\nDisallow: /x\r\n", "a", "/x", false},
		{"User-Agent: *\rDisallow: /x\r", "a", "/x", false},
		{"User-Agent: *\nSitemap: https://e/s\nDisallow: /x\n", "a", "/x", false},
		{"Disallow: /x\n", "a", "/x", true},
		{"<html><body>Not found</body></html>", "a", "/x", true},
		{"", "a", "/x", true},
	} {
		if got := parseRobots([]byte(test.file), strings.ToLower(test.robot)).allows(test.path); got != test.want {
			t.Errorf("%q: %s asks for %s: %v", test.file, test.robot, test.path, got)
		}
	}
	if (robots{none: true}).allows("/x") {
		t.Error("a site whose rules could not be had is asked")
	}
	for text, want := range map[string]time.Duration{"1.5": 1500 * time.Millisecond, "99999999": maxCrawlDelay, "-1": 0, "NaN": 0, "Inf": maxCrawlDelay, "soon": 0} {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+text+"\n"), "a").delay; got != want {
			t.Errorf("a delay of %s is %v", text, got)
		}
	}
	large := "User-Agent: *\nDisallow: /a\n" + strings.Repeat("#"+strings.Repeat("x", 98)+"\n", maxRobots/100) + "Disallow: /b\n"
	if r := parseRobots([]byte(large), "a"); r.allows("/a") || !r.allows("/b") {
		t.Error("rules within the first 500 kilobytes count, and no others")
	}
}

// TestMatchesPath compares with regular expressions on random patterns.
func TestMatchesPath(t *testing.T) {
	matched := 0
	for i := range 20_000 {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		word := func(letters string, n int) string {
			var b strings.Builder
			for range r.IntN(n) {
				b.WriteByte(letters[r.IntN(len(letters))])
			}
			return b.String()
		}
		pattern, path := "/"+word("ab*", 7), "/"+word("ab", 9)
		if r.IntN(3) == 0 {
			pattern += "$"
		}
		slow := "^" + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSuffix(pattern, "$")), `\*`, ".*")
		if strings.HasSuffix(pattern, "$") {
			slow += "$"
		}
		want := regexp.MustCompile(slow).MatchString(path)
		if got := matchesPath(pattern, path); got != want {
			t.Fatalf("seed 7, %d: %s and %s: %v", i, pattern, path, got)
		}
		if want {
			matched++
		}
	}
	if matched < 1000 {
		t.Errorf("only %d matched", matched)
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*%2a$\nCrawl-delay: 1e9\n"), "/a%")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		r := parseRobots(data, "demarche")
		r.allows(path)
		if once := normalPath(path); normalPath(once) != once {
			t.Errorf("%q has two normal forms", path)
		}
		if r.delay < 0 || r.delay > maxCrawlDelay {
			t.Error(r.delay)
		}
	})
}
