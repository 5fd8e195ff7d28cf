package intake

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"
	"golang.org/x/text/encoding/charmap"
)

// The operators of page contents are those of ISO 32000-1, sections 8.4, 8.10
// and 9; fonts and their mapping to Unicode are in its sections 9.6, 9.7, 9.10.

// pdfGlyph is one character as it stands on the page, in points from its lower
// left corner.
type pdfGlyph struct {
	text      string
	x, end, y float64
	size      float64
}

// pdfMatrix is [a b 0; c d 0; e f 1].
type pdfMatrix [6]float64

var pdfIdentity = pdfMatrix{1, 0, 0, 1, 0, 0}

func (m pdfMatrix) mul(n pdfMatrix) pdfMatrix {
	return pdfMatrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// pdfState is what q keeps and Q brings back.
type pdfState struct {
	ctm                     pdfMatrix
	font                    *pdfFont
	size, char, word, scale float64
	leading, rise           float64
	textMatrix, lineMatrix  pdfMatrix
}

// pdfDrawing carries out the contents of a page.
type pdfDrawing struct {
	doc  *pdfDocument
	page *pdfPage
	// marked are the marked contents that are open, each with the text that it
	// gives for what is drawn in it, such as a soft hyphen for a hyphen.
	marked []*pdfActual
}

// pdfActual is the text that stands for what is drawn, once.
type pdfActual struct {
	given, used bool
	text        string
}

// Limits on one page.
const (
	maxPDFForms  = 12
	maxPDFStates = 512
)

func (g *pdfDrawing) run(data []byte, resources pdf.Value, ctm pdfMatrix, depth int) {
	if depth > maxPDFForms {
		return
	}
	s := pdfState{ctm: ctm, scale: 1, textMatrix: pdfIdentity, lineMatrix: pdfIdentity}
	var stack []pdfState
	fonts := map[string]*pdfFont{}
	toks := pdfTokens{data: data}
	var args []pdfOperand
	num := func(i int) float64 { // from the end: 0 is the last
		if i >= len(args) {
			return 0
		}
		return args[len(args)-1-i].number
	}
	newLine := func(x, y float64) {
		s.lineMatrix = pdfMatrix{1, 0, 0, 1, x, y}.mul(s.lineMatrix)
		s.textMatrix = s.lineMatrix
	}
	show := func() {
		if len(args) > 0 {
			g.show(&s, args[len(args)-1].text)
		}
	}
	for {
		op, ok := toks.next(&args)
		if !ok {
			return
		}
		switch op {
		case "q":
			if len(stack) < maxPDFStates {
				stack = append(stack, s)
			}
		case "Q":
			if n := len(stack); n > 0 {
				s, stack = stack[n-1], stack[:n-1]
			}
		case "cm":
			s.ctm = pdfMatrix{num(5), num(4), num(3), num(2), num(1), num(0)}.mul(s.ctm)
		case "BT":
			s.textMatrix, s.lineMatrix = pdfIdentity, pdfIdentity
		case "Tf":
			if len(args) > 1 {
				name := args[len(args)-2].text
				f, ok := fonts[name]
				if !ok {
					f = g.doc.font(resources.Key("Font").Key(name))
					fonts[name] = f
				}
				s.font, s.size = f, num(0)
			}
		case "Tc":
			s.char = num(0)
		case "Tw":
			s.word = num(0)
		case "Tz":
			s.scale = num(0) / 100
		case "TL":
			s.leading = num(0)
		case "Ts":
			s.rise = num(0)
		case "Td":
			newLine(num(1), num(0))
		case "TD":
			s.leading = -num(0)
			newLine(num(1), num(0))
		case "Tm":
			s.lineMatrix = pdfMatrix{num(5), num(4), num(3), num(2), num(1), num(0)}
			s.textMatrix = s.lineMatrix
		case "T*":
			newLine(0, -s.leading)
		case "Tj":
			show()
		case "'":
			newLine(0, -s.leading)
			show()
		case `"`:
			s.word, s.char = num(2), num(1)
			newLine(0, -s.leading)
			show()
		case "TJ":
			if len(args) == 0 {
				break
			}
			for _, x := range args[len(args)-1].list {
				if x.kind == pdfTextKind {
					g.show(&s, x.text)
				} else if x.kind == pdfNumberKind {
					s.textMatrix = pdfMatrix{1, 0, 0, 1, -x.number / 1000 * s.size * s.scale, 0}.mul(s.textMatrix)
				}
			}
		case "BMC", "BDC":
			m := &pdfActual{}
			for i := 0; i+1 < len(args) && op == "BDC"; i++ {
				if args[i].kind == pdfNameKind && args[i].text == "ActualText" && args[i+1].kind == pdfTextKind {
					m.given, m.text = true, pdfUnicode(args[i+1].text)
				}
			}
			if len(g.marked) < maxPDFStates {
				g.marked = append(g.marked, m)
			}
		case "EMC":
			if n := len(g.marked); n > 0 {
				g.marked = g.marked[:n-1]
			}
		case "Do":
			if len(args) == 0 {
				break
			}
			form := resources.Key("XObject").Key(args[len(args)-1].text)
			if form.Key("Subtype").Name() != "Form" {
				break
			}
			m := pdfIdentity
			if x := form.Key("Matrix"); x.Len() == 6 {
				for i := range m {
					m[i] = x.Index(i).Float64()
				}
			}
			inner := form.Key("Resources")
			if inner.IsNull() {
				inner = resources
			}
			g.run(g.doc.unpack(form), inner, m.mul(s.ctm), depth+1)
		}
		args = args[:0]
	}
}

// show places the characters of a string. Only what runs from left to right
// along the page is kept: the rest is stamps and labels on pictures.
func (g *pdfDrawing) show(s *pdfState, raw string) {
	if s.font == nil {
		return
	}
	for len(raw) > 0 {
		text, width, n := s.font.next(raw)
		m := pdfMatrix{s.size * s.scale, 0, 0, s.size, 0, s.rise}.mul(s.textMatrix).mul(s.ctm)
		advance := width*s.size + s.char
		if n == 1 && raw[0] == ' ' {
			advance += s.word
		}
		advance *= s.scale
		raw = raw[n:]
		s.textMatrix = pdfMatrix{1, 0, 0, 1, advance, 0}.mul(s.textMatrix)
		if g.doc.glyphs++; g.doc.glyphs > maxPDFGlyphs {
			panic(errPDFLimit)
		}
		if n := len(g.marked); n > 0 && g.marked[n-1].given {
			text = ""
			if a := g.marked[n-1]; !a.used {
				a.used, text = true, a.text
			}
		}
		size := math.Hypot(m[2], m[3])
		if text == "" || m[0] <= 0 || math.Abs(m[1]) > 0.1*m[0] || !(size > 0.5 && size < 1000) || !(math.Abs(m[4]) < 1e5 && math.Abs(m[5]) < 1e5) {
			continue
		}
		g.page.glyphs = append(g.page.glyphs, pdfGlyph{text: text, x: m[4], end: m[4] + width*m[0], y: m[5], size: size})
	}
}

// pdfFont turns the codes of a font into text and widths, in units of its size.
type pdfFont struct {
	wide    bool // two bytes a code
	ucs2    bool // the codes are UTF-16
	text    map[string]string
	simple  [256]string
	widths  map[int]float64
	missing float64 // the width of what has none
}

func (f *pdfFont) next(raw string) (text string, width float64, n int) {
	n = 1
	if f.wide {
		n = min(2, len(raw))
	}
	code := int(raw[0])
	if n == 2 {
		code = code<<8 | int(raw[1])
	}
	width, ok := f.widths[code]
	if !ok {
		width = f.missing
	}
	if t, ok := f.text[raw[:n]]; ok {
		return t, width, n
	}
	if f.wide {
		if f.ucs2 && code != 0 && utf8.ValidRune(rune(code)) {
			text = string(rune(code))
		}
		return text, width, n
	}
	return f.simple[raw[0]], width, n
}

// font reads a font, once for each.
func (d *pdfDocument) font(v pdf.Value) *pdfFont {
	if v.Kind() != pdf.Dict {
		return nil
	}
	key := v.String()
	if f, ok := d.fonts[key]; ok {
		return f
	}
	f := &pdfFont{widths: map[int]float64{}, missing: 0.5}
	d.fonts[key] = f
	scale := 0.001
	if v.Key("Subtype").Name() == "Type3" {
		if x := v.Key("FontMatrix").Index(0).Float64(); x > 0 {
			scale = x
		}
	}
	if v.Key("Subtype").Name() == "Type0" {
		f.wide = true
		inner := v.Key("DescendantFonts").Index(0)
		f.missing = 1
		if x := inner.Key("DW"); !x.IsNull() {
			f.missing = x.Float64() * scale
		}
		w := inner.Key("W")
		for i := 0; i+1 < w.Len(); {
			first := int(w.Index(i).Int64())
			if list := w.Index(i + 1); list.Kind() == pdf.Array {
				for k := range list.Len() {
					f.widths[first+k] = list.Index(k).Float64() * scale
				}
				i += 2
				continue
			}
			last, x := int(w.Index(i+1).Int64()), w.Index(i+2).Float64()*scale
			for c := first; c <= last && c < 1<<16; c++ {
				f.widths[c] = x
			}
			i += 3
		}
		f.ucs2 = strings.Contains(v.Key("Encoding").Name(), "UCS2")
	} else {
		first := int(v.Key("FirstChar").Int64())
		w := v.Key("Widths")
		for k := range w.Len() {
			f.widths[first+k] = w.Index(k).Float64() * scale
		}
		named := (&pdf.Font{V: v}).Encoder()
		differs := map[int]bool{}
		if list := v.Key("Encoding").Key("Differences"); list.Len() > 0 {
			n := 0
			for k := range list.Len() {
				switch x := list.Index(k); x.Kind() {
				case pdf.Integer:
					n = int(x.Int64())
				case pdf.Name:
					differs[n] = true
					n++
				}
			}
		}
		isDict := v.Key("Encoding").Kind() == pdf.Dict
		for c := range 256 {
			if isDict && !differs[c] {
				f.simple[c] = string(charmap.Windows1252.DecodeByte(byte(c)))
				continue
			}
			if t := named.Decode(string([]byte{byte(c)})); utf8.ValidString(t) && t != "\ufffd" {
				f.simple[c] = t
			}
		}
	}
	if to := v.Key("ToUnicode"); to.Kind() == pdf.Stream {
		f.mapping(d.unpack(to))
	}
	return f
}

// mapping reads a CMap that turns codes into UTF-16.
func (f *pdfFont) mapping(data []byte) {
	if f.text == nil {
		f.text = map[string]string{}
	}
	put := func(code, to string) {
		text := bigEndian(to)
		if strings.Contains(text, "\ufffd") || text == "\x00" {
			text = ""
		}
		if len(f.text) < 1<<17 {
			f.text[code] = text
		}
	}
	after := func(s string, by int) string {
		b := []byte(s)
		for i := len(b) - 1; i >= 0 && by > 0; i-- {
			by += int(b[i])
			b[i] = byte(by)
			by >>= 8
		}
		return string(b)
	}
	toks := pdfTokens{data: data}
	var args []pdfOperand
	for {
		op, ok := toks.next(&args)
		if !ok {
			return
		}
		switch op {
		case "endbfchar":
			for i := len(args) % 2; i+1 < len(args); i += 2 {
				put(args[i].text, args[i+1].text)
			}
		case "endbfrange":
			for i := len(args) % 3; i+2 < len(args); i += 3 {
				low, high := args[i].text, args[i+1].text
				if len(low) == 0 || len(low) != len(high) || len(low) > 2 {
					continue
				}
				count := 0
				for k := range low {
					count = count<<8 + int(high[k]) - int(low[k])
				}
				for k := 0; k <= count && k < 1<<16; k++ {
					if list := args[i+2].list; list != nil {
						if k < len(list) {
							put(after(low, k), list[k].text)
						}
						continue
					}
					put(after(low, k), after(args[i+2].text, k))
				}
			}
		}
		args = args[:0]
	}
}

// bigEndian decodes UTF-16 with the high byte first.
func bigEndian(s string) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

// pdfUnicode decodes a text string of PDF, in UTF-16 if it begins with its mark.
func pdfUnicode(s string) string {
	if rest, ok := strings.CutPrefix(s, "\xfe\xff"); ok {
		return bigEndian(rest)
	}
	if rest, ok := strings.CutPrefix(s, bom8); ok {
		return strings.ToValidUTF8(rest, "")
	}
	return latin(s)
}

// latin decodes Windows-1252, from which the encoding of PDF's own texts differs
// in marks that do not matter here.
func latin(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(charmap.Windows1252.DecodeByte(s[i]))
	}
	return b.String()
}

// pdfOperand is a number, a text (a string or a name) or a list.
type pdfOperand struct {
	kind   byte
	number float64
	text   string
	list   []pdfOperand
}

const (
	pdfOtherKind = iota
	pdfNumberKind
	pdfTextKind
	pdfNameKind
	pdfListKind
)

// pdfTokens takes the contents of a page apart.
type pdfTokens struct {
	data []byte
	at   int
}

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

// next reads operands up to an operator, adding them to args. It passes over the
// data of pictures inside the contents.
func (t *pdfTokens) next(args *[]pdfOperand) (op string, ok bool) {
	for {
		o, word, ok := t.token(0)
		if !ok {
			return "", false
		}
		if word == "" {
			if len(*args) < 1<<16 {
				*args = append(*args, o)
			}
			continue
		}
		switch word {
		case "ID":
			for t.at < len(t.data) {
				if t.at+3 < len(t.data) && pdfSpace(t.data[t.at]) && t.data[t.at+1] == 'E' && t.data[t.at+2] == 'I' && pdfSpace(t.data[t.at+3]) {
					t.at += 3
					break
				}
				t.at++
			}
			*args = (*args)[:0]
			continue
		case "]", ">>", "{", "}", ")", ">":
			continue
		}
		return word, true
	}
}

// token is one operand, or the word of an operator.
func (t *pdfTokens) token(depth int) (o pdfOperand, word string, ok bool) {
	for t.at < len(t.data) {
		c := t.data[t.at]
		if pdfSpace(c) {
			t.at++
			continue
		}
		if c == '%' {
			for t.at < len(t.data) && t.data[t.at] != '\n' && t.data[t.at] != '\r' {
				t.at++
			}
			continue
		}
		break
	}
	if t.at >= len(t.data) {
		return o, "", false
	}
	start := t.at
	c := t.data[t.at]
	t.at++
	switch c {
	case '(':
		return pdfOperand{kind: pdfTextKind, text: t.literal()}, "", true
	case '<':
		if t.at < len(t.data) && t.data[t.at] == '<' {
			t.at++
			return pdfOperand{}, "", true // dictionaries are passed over, their entries taken for operands
		}
		return pdfOperand{kind: pdfTextKind, text: t.hex()}, "", true
	case '>':
		if t.at < len(t.data) && t.data[t.at] == '>' {
			t.at++
			return o, ">>", true
		}
		return o, ">", true
	case '[':
		list := []pdfOperand{}
		for depth < 4 {
			x, word, ok := t.token(depth + 1)
			if !ok || word == "]" {
				break
			}
			if word == "" && len(list) < 1<<16 {
				list = append(list, x)
			}
		}
		return pdfOperand{kind: pdfListKind, list: list}, "", true
	case ']', '{', '}', ')':
		return o, string(c), true
	}
	for t.at < len(t.data) && !pdfSpace(t.data[t.at]) && !pdfDelimiter(t.data[t.at]) {
		t.at++
	}
	w := string(t.data[start:t.at])
	if c == '/' {
		return pdfOperand{kind: pdfNameKind, text: pdfName(w[1:])}, "", true
	}
	if c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		n, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			n = 0
		}
		return pdfOperand{kind: pdfNumberKind, number: n}, "", true
	}
	return o, w, true
}

// literal reads a string in parentheses, behind the first.
func (t *pdfTokens) literal() string {
	var b []byte
	for depth := 1; t.at < len(t.data); t.at++ {
		c := t.data[t.at]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				t.at++
				return string(b)
			}
		case '\\':
			if t.at++; t.at >= len(t.data) {
				return string(b)
			}
			switch c = t.data[t.at]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '\r':
				if t.at+1 < len(t.data) && t.data[t.at+1] == '\n' {
					t.at++
				}
				continue
			case '\n':
				continue
			case '0', '1', '2', '3', '4', '5', '6', '7':
				n := int(c - '0')
				for k := 0; k < 2 && t.at+1 < len(t.data) && t.data[t.at+1] >= '0' && t.data[t.at+1] <= '7'; k++ {
					t.at++
					n = n<<3 | int(t.data[t.at]-'0')
				}
				c = byte(n)
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// hex reads a string in angle brackets, behind the first.
func (t *pdfTokens) hex() string {
	var b []byte
	high, half := byte(0), false
	for ; t.at < len(t.data); t.at++ {
		c := t.data[t.at]
		if c == '>' {
			t.at++
			break
		}
		d := hexDigit(c)
		if d > 15 {
			continue
		}
		if half {
			b = append(b, high|d)
		}
		high, half = d<<4, !half
	}
	if half {
		b = append(b, high)
	}
	return string(b)
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// pdfName undoes the #xx of names.
func pdfName(s string) string {
	if strings.IndexByte(s, '#') < 0 {
		return s
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '#' && i+2 < len(s) && hexDigit(s[i+1]) < 16 && hexDigit(s[i+2]) < 16 {
			b = append(b, hexDigit(s[i+1])<<4|hexDigit(s[i+2]))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}
