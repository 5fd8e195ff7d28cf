package intake

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/demarche/demarche"
)

// mailbox reads the messages of a mailbox in the mbox format (RFC 4155), each a
// report. A message begins at a line "From " behind an empty line, and lines of
// a message that begin so have a > before them.
func (in input) mailbox(r *bufio.Reader, stem string, yield func(demarche.Report, error) bool) {
	n := 0
	var message []byte
	tooLong, blank, started := false, true, false
	flush := func() bool {
		defer func() { message, tooLong = message[:0], false }()
		if !started {
			return true
		}
		n++
		at := input{name: fmt.Sprintf("%s#%d", in.name, n)}
		if tooLong {
			return yield(demarche.Report{}, at.fail(tooLarge(MaxBytes+1), "take its attachments out"))
		}
		rep, err := at.parse(Email, fmt.Sprintf("%s-%d", stem, n), at.name, bytes.Clone(message))
		return yield(rep, err)
	}
	for {
		line, err := r.ReadSlice('\n')
		whole := err != bufio.ErrBufferFull
		if err != nil && err != io.EOF && whole {
			yield(demarche.Report{}, in.fail("the mailbox could not be read to its end", ""))
			return
		}
		if blank && bytes.HasPrefix(line, []byte("From ")) {
			if !flush() {
				return
			}
			started = true
		} else if started {
			if bytes.HasPrefix(line, []byte(">From ")) {
				line = line[1:]
			}
			if len(message)+len(line) > MaxBytes {
				tooLong = true
			} else {
				message = append(message, line...)
			}
		} else if len(bytes.TrimSpace(line)) > 0 {
			yield(demarche.Report{}, in.fail("the file is not a mailbox: it does not begin with a line From", "save the mailbox as mbox, or each message as .eml"))
			return
		}
		blank = whole && len(bytes.TrimSpace(line)) == 0
		if err == io.EOF {
			flush()
			return
		}
	}
}
