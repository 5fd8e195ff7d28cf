package intake

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

const bom8 = "\xef\xbb\xbf"

func utf16Marked(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff)
}

// decode turns bytes into text. A byte order mark decides; then UTF-8 if the
// bytes are valid; then the encoding that is named, if it is a known one; then,
// where many letters are not of the English alphabet, the encoding that the
// letters speak for; then Windows-1252, which gives every byte a character and
// is what unlabelled Western text is in. asStored tells that nothing was changed.
func decode(data []byte, named string) (text string, asStored bool) {
	if utf16Marked(data) {
		return fromUTF16(data), false
	}
	if utf8.Valid(data) {
		return string(data), true
	}
	if named == "" {
		named = guess(data)
	}
	if named != "" {
		if e, name := charset.Lookup(named); e != nil && name != "utf-8" && name != "replacement" {
			if b, err := e.NewDecoder().Bytes(data); err == nil {
				return string(b), false
			}
		}
	}
	b, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd"), false
	}
	return string(b), false
}

// guess names the encoding of a text that does not name its own, or gives "".
// English in Windows-1252 has some quotation marks and a name now and then with
// an accent; there the detector has too little to go by and is not asked.
func guess(data []byte) string {
	sample := data[:min(len(data), 64<<10)]
	high, letters := 0, 0
	for _, c := range sample {
		switch {
		case c >= 0x80:
			high++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		}
	}
	if high < 20 || high*50 < letters {
		return ""
	}
	// The detector knows UTF-8 too, of which a stray byte has made this no longer
	// valid.
	best, err := chardet.NewTextDetector().DetectBest(sample)
	if err != nil || best.Confidence < 20 {
		return ""
	}
	if best.Charset == "UTF-8" {
		return ""
	}
	return best.Charset
}

// utf16Unmarked tells text in UTF-16 without a byte order mark by its zero bytes,
// which stand in every second place and nowhere else.
func utf16Unmarked(data []byte) bool {
	if len(data) < 8 || len(data)%2 != 0 || utf16Marked(data) {
		return false
	}
	var zeros [2]int
	sample := data[:min(len(data), 4096)]
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	most, least := max(zeros[0], zeros[1]), min(zeros[0], zeros[1])
	return most*10 > len(sample)*3 && least*50 < len(sample)
}

// utf16Order is the byte order mark that text in UTF-16 should have had.
func utf16Order(data []byte) []byte {
	for i, c := range data {
		if c == 0 {
			if i%2 == 0 {
				return []byte{0xfe, 0xff}
			}
			break
		}
	}
	return []byte{0xff, 0xfe}
}

func fromUTF16(data []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 0xfe {
		order = binary.BigEndian
	}
	data = data[2:]
	units := make([]uint16, 0, len(data)/2)
	for len(data) >= 2 {
		units = append(units, order.Uint16(data))
		data = data[2:]
	}
	return string(utf16.Decode(units))
}
