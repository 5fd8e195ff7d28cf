package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
)

// many collects rows for one table and writes several at once. A value is an
// int64, a string, bytes, or nil.
type many struct {
	w       *writer
	table   string
	columns []string
	// shared are the values of the first columns, the same in every row.
	shared []any
	args   []any // of the other columns, row by row
	// late: written by flush alone, and with SQLite one by one: any statement of
	// many rows, or on another table, makes the full-text index write out its part
	// of the batch so far.
	late bool

	full, single *sql.Stmt
}

func (m *many) add(args ...any) error {
	m.args = append(m.args, args...)
	if !m.late && len(m.args) >= m.own()*m.w.l.d.rows {
		return m.flush()
	}
	return nil
}

// own is the number of columns that differ from row to row.
func (m *many) own() int { return len(m.columns) - len(m.shared) }

func (m *many) flush() error {
	if len(m.args) == 0 {
		return nil
	}
	if err := m.w.ctx.Err(); err != nil {
		return err
	}
	err := m.w.l.d.insert(m, m.args)
	clear(m.args)
	m.args = m.args[:0]
	return err
}

// insertRows writes rows with statements of many rows, and what is left with
// statements of one.
func (m *many) insertRows(args []any) (err error) {
	// Watching for the end of the context costs the driver more than a statement
	// takes; it is looked at between them.
	ctx := context.WithoutCancel(m.w.ctx)
	for len(args) > 0 {
		n, s := m.w.l.d.rows, &m.full
		if m.late || len(args) < n*m.own() {
			n, s = 1, &m.single
		}
		if *s == nil {
			if *s, err = m.w.tx.PrepareContext(ctx, m.insertion(n)); err != nil {
				return err
			}
		}
		row := args[:n*m.own()]
		if len(m.shared) > 0 {
			row = append(slices.Clone(m.shared), row...)
		}
		if _, err := (*s).ExecContext(ctx, row...); err != nil {
			return err
		}
		args = args[n*m.own():]
	}
	return nil
}

// insertion is the statement that writes a number of rows: first come the values
// that all share, then those of each.
func (m *many) insertion(rows int) string {
	var b strings.Builder
	// A batch is undone as a whole, so that no statement need be undone alone:
	// with OR FAIL none is prepared for that.
	b.WriteString("INSERT OR FAIL INTO " + m.table + " (" + strings.Join(m.columns, ", ") + ") VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		for i := range m.columns {
			b.WriteString([2]string{"(", ", "}[min(i, 1)])
			b.WriteByte('?')
			if i < len(m.shared) && r > 0 {
				b.WriteString(strconv.Itoa(i + 1))
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

// copyRows writes rows as PostgreSQL takes in copies, in its binary form.
func (m *many) copyRows(args []any) error {
	b := append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)
	for row := range slices.Chunk(args, m.own()) {
		b = binary.BigEndian.AppendUint16(b, uint16(len(m.columns)))
		for _, part := range [2][]any{m.shared, row} {
			for i, v := range part {
				if s, ok := v.(string); ok && m.table == "words" && i == 1 {
					v = vector(s, row[0].(int64))
				}
				var err error
				if b, err = appendCopied(b, v); err != nil {
					return err
				}
			}
		}
	}
	b = binary.BigEndian.AppendUint16(b, 0xffff) // the end
	return m.w.conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection of the type %T cannot copy", driver)
		}
		_, err := c.Conn().PgConn().CopyFrom(m.w.ctx, bytes.NewReader(b), "COPY "+m.table+" ("+strings.Join(m.columns, ", ")+") FROM STDIN BINARY")
		return err
	})
}

// appendCopied appends a value with its length in front.
func appendCopied(b []byte, v any) ([]byte, error) {
	sized := func(n int) { b = binary.BigEndian.AppendUint32(b, uint32(n)) }
	switch v := v.(type) {
	case int64:
		sized(8)
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	case string:
		sized(len(v))
		b = append(b, v...)
	case []byte:
		if v == nil {
			sized(-1)
			break
		}
		sized(len(v))
		b = append(b, v...)
	case nil:
		sized(-1)
	default:
		return nil, fmt.Errorf("a value of the type %T cannot be copied", v)
	}
	return b, nil
}

// placesAtMost is how many places of one word PostgreSQL keeps.
const placesAtMost = 255

// vector are the folded words of a doc as PostgreSQL takes them in, each with its
// places, so that its own rules for what is a word have no say; and the blocks
// that the doc lies in.
func vector(folded string, doc int64) []byte {
	places := map[string][]uint16{}
	var order []string
	n := uint16(0)
	for w := range strings.FieldsSeq(folded) {
		n++
		at := places[w]
		if at == nil {
			order = append(order, w)
		}
		if len(at) < placesAtMost {
			places[w] = append(at, n)
		}
	}
	for size, shift := range blocks {
		order = append(order, blockMark(size, doc>>shift))
	}
	// In its own order, so that it need not sort them.
	slices.SortFunc(order, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 2*len(folded)+4), uint32(len(order)))
	for _, w := range order {
		b = append(append(b, w...), 0)
		b = binary.BigEndian.AppendUint16(b, uint16(len(places[w])))
		for _, p := range places[w] {
			b = binary.BigEndian.AppendUint16(b, p)
		}
	}
	return b
}
