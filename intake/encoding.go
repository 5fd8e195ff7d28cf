package intake

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

const bom8 = "\xef\xbb\xbf"

func utf16Marked(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff)
}

// decode turns bytes into text. A byte order mark decides; then UTF-8 if the
// bytes are valid; then the encoding that is named, if it is a known one; then
// Windows-1252, which gives every byte a character and is what unlabelled
// Western text is in. asStored tells that nothing was changed.
func decode(data []byte, named string) (text string, asStored bool) {
	if utf16Marked(data) {
		return fromUTF16(data), false
	}
	if utf8.Valid(data) {
		return string(data), true
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
