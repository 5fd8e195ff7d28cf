package intake

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// Robots.txt is read here and by no library: the format (RFC 9309) is three
// kinds of lines, and the parser for Go that is most used was last released
// before the standard was.

// maxRobots is how much of a robots.txt is read (RFC 9309, section 2.5).
const maxRobots = 500 << 10

// maxRobotsSent is the size of the largest robots.txt that is taken at all.
const maxRobotsSent = 4 << 20

// maxCrawlDelay bounds what a site can ask for between two requests.
const maxCrawlDelay = 5 * time.Minute

// robots are the rules of a site for one robot. The zero value allows all.
type robots struct {
	rules []robotsRule
	delay time.Duration // between requests; Crawl-delay is no part of the standard, but widely meant
	none  bool          // nothing may be asked: the rules could not be had
}

type robotsRule struct {
	pattern string // in normal form
	allow   bool
}

// parseRobots takes the rules for a robot out of a robots.txt: those of all
// groups that name it, and where there are none those of all groups for any.
func parseRobots(data []byte, name string) robots {
	data = bytes.TrimPrefix(data[:min(len(data), maxRobots)], []byte(bom8))
	var own, any robots
	named := false
	var ours, others, rules bool // the group at hand is for this robot, for any; its rules have begun
	for line := range bytes.FieldsFuncSeq(data, func(r rune) bool { return r == '\n' || r == '\r' }) {
		text, _, _ := strings.Cut(string(line), "#")
		key, value, ok := strings.Cut(text, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent":
			if rules {
				ours, others, rules = false, false, false
			}
			if value == "*" {
				others = true
			} else if strings.EqualFold(productToken(value), name) {
				ours, named = true, true
			}
		case "allow", "disallow":
			rules = true
			if value == "" { // an empty rule matches nothing
				continue
			}
			r := robotsRule{pattern: normalPattern(value), allow: key == "allow"}
			if ours {
				own.rules = append(own.rules, r)
			}
			if others {
				any.rules = append(any.rules, r)
			}
		case "crawl-delay":
			rules = true
			s, err := strconv.ParseFloat(value, 64)
			if err != nil || !(s > 0) {
				continue
			}
			delay := time.Duration(min(s, maxCrawlDelay.Seconds()) * float64(time.Second))
			if ours {
				own.delay = max(own.delay, delay)
			}
			if others {
				any.delay = max(any.delay, delay)
			}
		}
	}
	if named {
		return own
	}
	return any
}

// productToken is the part of a robot's name that counts: letters, hyphens and
// underscores, so that "Name/1.0" is "Name".
func productToken(s string) string {
	for i := range len(s) {
		if c := s[i] | 0x20; !(c >= 'a' && c <= 'z' || s[i] == '-' || s[i] == '_') {
			return s[:i]
		}
	}
	return s
}

// allows reports whether a path, with its query, may be asked for. The longest
// pattern that matches decides; of equally long ones that which allows.
func (r robots) allows(path string) bool {
	if path == "/robots.txt" {
		return true
	}
	if r.none {
		return false
	}
	path = strings.NewReplacer("*", "%2A", "$", "%24").Replace(normalPath(path))
	longest, allow := -1, true
	for _, rule := range r.rules {
		if n := len(rule.pattern); (n > longest || n == longest && rule.allow) && matchesPath(rule.pattern, path) {
			longest, allow = n, rule.allow
		}
	}
	return allow
}

// matchesPath reports whether a path begins as a pattern says, in which * stands
// for anything and a last $ for the end.
func matchesPath(pattern, path string) bool {
	toEnd := strings.HasSuffix(pattern, "$")
	parts := strings.Split(strings.TrimSuffix(pattern, "$"), "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		if toEnd && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return !toEnd || rest == ""
}

// normalPath writes a path so that equal ones are written equally (RFC 9309,
// section 2.2.2): what needs no escape has none, and what is not ASCII has one.
func normalPath(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				i += 2
				if d := byte(n); unreserved(d) {
					b.WriteByte(d)
				} else {
					b.Write([]byte{'%', digits[d>>4], digits[d&15]})
				}
				continue
			}
		}
		if c <= ' ' || c >= 0x7f {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// normalPattern writes a pattern as paths are written. A $ that is not the last
// character is one of the path.
func normalPattern(s string) string {
	s = normalPath(s)
	rest, end := s, ""
	if strings.HasSuffix(s, "$") {
		rest, end = s[:len(s)-1], "$"
	}
	return strings.ReplaceAll(rest, "$", "%24") + end
}

// unreserved characters mean the same with an escape and without (RFC 3986).
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
