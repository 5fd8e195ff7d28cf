package intake

import (
	"strings"
	"testing"
)

const mbox = "From ana@example.org Mon Nov 24 09:30:00 2025\r\nFrom: Ana Roe <ana@example.org>\r\nSubject: The bridge\r\n\r\nRoe said no.\r\n\r\n>From here on it is open.\r\nFrom the bridge one sees it.\r\n" +
	"\r\nFrom tom@example.org Mon Nov 24 10:00:00 2025\r\nSubject: Empty\r\n\r\n\r\n" +
	"\r\nFrom tom@example.org Mon Nov 24 10:00:00 2025\r\nSubject: Second\r\n\r\nHale said yes.\r\n"

func TestMailbox(t *testing.T) {
	reps, says := each("m/all.mbox", mbox)
	if len(reps) != 2 || len(says) != 1 || !strings.Contains(says[0], "m/all.mbox#2: there is no text") {
		t.Fatalf("%+v %v", reps, says)
	}
	if strings.TrimSpace(reps[0].Text) != "Roe said no.\n\nFrom here on it is open.\nFrom the bridge one sees it." || reps[0].Title != "The bridge" || reps[0].ID != "all-1" || reps[0].Path != "m/all.mbox#1" {
		t.Errorf("%+v", reps[0])
	}
	if strings.TrimSpace(reps[1].Text) != "Hale said yes." || reps[1].ID != "all-3" {
		t.Errorf("%+v", reps[1])
	}
	if reps, says := each("a.mbox", "Roe said no.\n"); len(reps) > 0 || len(says) != 1 || !strings.Contains(says[0], "not a mailbox") {
		t.Errorf("%+v %v", reps, says)
	}
}

func FuzzMailbox(f *testing.F) {
	fuzz(f, "a.mbox", mbox, "From \n\nFrom \n", "\n\nFrom a\nx")
}
